/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libFuzzer target: any bytes as frames that arrive. The input is a row of frames, each with two bytes in front: where
 * it arrives, and its length. Unless the first has its top bit set, the checksums of IPv4 and of what it carries are
 * made right, or hardly a frame would get beyond them; its next bit lets a second pass before the frame. The lab has a
 * router with NAT, a bridge with br_netfilter, listeners and conntrack. */
#include <stdlib.h>

#include "sim/lab.h"
#include "sim/sim.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char lab[] =
	"modprobe br_netfilter\n"
	"ip link add br0 type bridge\nip link set br0 up\nip addr add 10.0.1.1/24 dev br0\n"
	"ip netns add a\nip netns add b\n"
	"ip link add va type veth peer name eth0 netns a\nip link add vb type veth peer name eth0 netns b\n"
	"ip link add vc address 02:00:00:00:00:0c type veth peer name vd address 02:00:00:00:00:0d\n"
	"ip link set va address 02:00:00:00:00:01 master br0\nip link set vb address 02:00:00:00:00:02 master br0\n"
	"ip -n a link set eth0 address 02:00:00:00:00:0a\nip -n b link set eth0 address 02:00:00:00:00:0b\n"
	"for d in va vb vc vd; do ip link set $d up; done\n"
	"for n in a b; do ip -n $n link set lo up; ip -n $n link set eth0 up; done\n"
	"ip -n a addr add 10.0.1.2/24 dev eth0\nip -n b addr add 10.0.1.3/24 dev eth0\nip addr add 10.0.2.1/24 dev vc\n"
	"ip -n a route add default via 10.0.1.1\nip -n b route add default via 10.0.1.1\n"
	"sysctl -qw net.ipv4.ip_forward=1\n"
	"iptables -t nat -A POSTROUTING -s 10.0.1.0/24 -o vc -j MASQUERADE\n"
	"iptables -t nat -A PREROUTING -p tcp --dport 80 -j DNAT --to-destination 10.0.1.3:8080\n"
	"iptables -A FORWARD -m conntrack --ctstate INVALID -j DROP\n"
	"iptables -A INPUT -p udp --dport 9 -j REJECT\n"
	"ip netns exec b nc -l -k -p 8080 &\n"
	"ip netns exec b nc -u -l -p 53 &\n"
	"ip netns exec a ping -c 1 10.0.1.3\n";

static struct dev *device(struct sim *s, uint8_t which)
{
	static const struct {
		const char *ns, *dev;
	} where[] = { { "", "va" }, { "", "vb" }, { "", "vc" }, { "a", "eth0" }, { "b", "eth0" }, { "", "lo" } };
	unsigned i = which % ARRAY_SIZE(where);

	return dev_find(ns_find(s->net, where[i].ns), where[i].dev);
}

/* Of a frame of `size` bytes, as far as there is one in it. */
static void mend_checksums(uint8_t *frame, size_t size)
{
	static const uint8_t where[256] = { [IPPROTO_ICMP_] = 2, [IPPROTO_TCP_] = 16, [IPPROTO_UDP_] = 6 };
	struct ip4_hdr *ip = (struct ip4_hdr *)(frame + ETH_HLEN);
	uint32_t head, total;
	uint8_t *segment;
	be16 *check;

	if (size < ETH_HLEN + sizeof(*ip) || get16(((struct eth_hdr *)frame)->proto) != ETH_P_IP_)
		return;
	head = ip4_hlen(ip);
	total = get16(ip->tot_len);
	if (head < sizeof(*ip) || total < head || total > size - ETH_HLEN)
		return;
	ip->check = put16(csum_ip4(ip));
	segment = (uint8_t *)ip + head;
	check = (be16 *)(segment + where[ip->protocol]);
	if (!where[ip->protocol] || total - head < where[ip->protocol] + sizeof(*check))
		return;
	*check = put16(0);
	*check = put16(ip->protocol == IPPROTO_ICMP_ ? csum_fold(csum_add(0, segment, total - head))
						     : csum_pseudo4(ip, segment, total - head));
}

static void arrive(struct sim *s, uint8_t how, const uint8_t *frame, size_t size)
{
	struct dev *dev = device(s, how & 0x3f);
	struct packet *p;
	uint8_t *bytes;

	if (how & 0x40)
		sim_run_until(s, s->now + NSEC_PER_SEC);
	p = sim_packet(s, (uint32_t)size);
	bytes = packet_append(p, (uint32_t)size);
	memcpy(bytes, frame, size);
	if (!(how & 0x80))
		mend_checksums(bytes, size);
	p->dev = dev;
	eth_type_trans(p, dev);
	netif_rx(s, p);
	s->storming = false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct run run = { .path = "lab" };
	struct err err = { 0 };
	struct sim *s = sim_new(1, true);
	uint32_t packet;

	if (lab_run(s, "lab", lab, sizeof(lab) - 1, &run, &err))
		bug("%u: %s", err.loc.line, err.msg);
	s->trace = run.trace;
	s->tracing = true;
	while (size > 2) {
		size_t n = data[1] < size - 2 ? data[1] : size - 2;

		if (n >= sizeof(struct eth_hdr))
			arrive(s, data[0], data + 2, n);
		data += 2 + n;
		size -= 2 + n;
	}
	sim_run_until(s, s->now + 40 * NSEC_PER_SEC);
	s->trace = NULL;
	s->tracing = false;
	packet = trace_check(run.trace);
	if (packet && s->pool.live == 0)
		bug("packet %u does not end exactly once", packet);
	run_release(&run);
	sim_free(s);
	return 0;
}
