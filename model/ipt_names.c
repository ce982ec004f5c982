/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names that iptables reads and prints. Facts of /etc/protocols, /etc/services and of iptables' extensions. */
#include "model/ipt_names.h"

#include <string.h>

enum { TCP = 6, UDP = 17 };

/* iptables' own names come first, whatever /etc/protocols says. */
static const struct {
	const char *name;
	uint8_t number;
} protocols[] = {
	{ "tcp", 6 },
	{ "sctp", 132 },
	{ "udp", 17 },
	{ "udplite", 136 },
	{ "icmp", 1 },
	{ "ipv6-icmp", 58 },
	{ "icmpv6", 58 },
	{ "esp", 50 },
	{ "ah", 51 },
	{ "mobility-header", 135 },
	{ "ipv6-mh", 135 },
	{ "mh", 135 },
	{ "all", 0 },
	{ "ip", 0 },
	{ "icmp", 1 },
	{ "igmp", 2 },
	{ "ggp", 3 },
	{ "ipencap", 4 },
	{ "st", 5 },
	{ "tcp", 6 },
	{ "egp", 8 },
	{ "igp", 9 },
	{ "pup", 12 },
	{ "udp", 17 },
	{ "hmp", 20 },
	{ "xns-idp", 22 },
	{ "rdp", 27 },
	{ "iso-tp4", 29 },
	{ "dccp", 33 },
	{ "xtp", 36 },
	{ "ddp", 37 },
	{ "idpr-cmtp", 38 },
	{ "ipv6", 41 },
	{ "ipv6-route", 43 },
	{ "ipv6-frag", 44 },
	{ "idrp", 45 },
	{ "rsvp", 46 },
	{ "gre", 47 },
	{ "esp", 50 },
	{ "ah", 51 },
	{ "skip", 57 },
	{ "ipv6-icmp", 58 },
	{ "ipv6-nonxt", 59 },
	{ "ipv6-opts", 60 },
	{ "rspf", 73 },
	{ "vmtp", 81 },
	{ "eigrp", 88 },
	{ "ospf", 89 },
	{ "ax.25", 93 },
	{ "ipip", 94 },
	{ "etherip", 97 },
	{ "encap", 98 },
	{ "pim", 103 },
	{ "ipcomp", 108 },
	{ "vrrp", 112 },
	{ "l2tp", 115 },
	{ "isis", 124 },
	{ "sctp", 132 },
	{ "fc", 133 },
	{ "mobility-header", 135 },
	{ "udplite", 136 },
	{ "mpls-in-ip", 137 },
	{ "manet", 138 },
	{ "hip", 139 },
	{ "shim6", 140 },
	{ "wesp", 141 },
	{ "rohc", 142 },
	{ "ethernet", 143 },
};

static const struct {
	const char *name;
	uint16_t port;
	bool tcp, udp, alias;
} services[] = {
#define SERVICE(name, port, tcp, udp) { name, port, tcp, udp, false },
#define ALIAS(name, port, tcp, udp) { name, port, tcp, udp, true },
#include "model/service.def"
};

static const struct ipt_icmp_name icmp_names[] = {
	{ "any", 0xff, 0, 0xff },
	{ "echo-reply", 0, 0, 0xff },
	{ "pong", 0, 0, 0xff },
	{ "destination-unreachable", 3, 0, 0xff },
	{ "network-unreachable", 3, 0, 0 },
	{ "host-unreachable", 3, 1, 1 },
	{ "protocol-unreachable", 3, 2, 2 },
	{ "port-unreachable", 3, 3, 3 },
	{ "fragmentation-needed", 3, 4, 4 },
	{ "source-route-failed", 3, 5, 5 },
	{ "network-unknown", 3, 6, 6 },
	{ "host-unknown", 3, 7, 7 },
	{ "network-prohibited", 3, 9, 9 },
	{ "host-prohibited", 3, 10, 10 },
	{ "TOS-network-unreachable", 3, 11, 11 },
	{ "TOS-host-unreachable", 3, 12, 12 },
	{ "communication-prohibited", 3, 13, 13 },
	{ "host-precedence-violation", 3, 14, 14 },
	{ "precedence-cutoff", 3, 15, 15 },
	{ "source-quench", 4, 0, 0xff },
	{ "redirect", 5, 0, 0xff },
	{ "network-redirect", 5, 0, 0 },
	{ "host-redirect", 5, 1, 1 },
	{ "TOS-network-redirect", 5, 2, 2 },
	{ "TOS-host-redirect", 5, 3, 3 },
	{ "echo-request", 8, 0, 0xff },
	{ "ping", 8, 0, 0xff },
	{ "router-advertisement", 9, 0, 0xff },
	{ "router-solicitation", 10, 0, 0xff },
	{ "time-exceeded", 11, 0, 0xff },
	{ "ttl-exceeded", 11, 0, 0xff },
	{ "ttl-zero-during-transit", 11, 0, 0 },
	{ "ttl-zero-during-reassembly", 11, 1, 1 },
	{ "parameter-problem", 12, 0, 0xff },
	{ "ip-header-bad", 12, 0, 0 },
	{ "required-option-missing", 12, 1, 1 },
	{ "timestamp-request", 13, 0, 0xff },
	{ "timestamp-reply", 14, 0, 0xff },
	{ "address-mask-request", 17, 0, 0xff },
	{ "address-mask-reply", 18, 0, 0xff },
};

static const struct ipt_flag_name tcp_flags[] = {
	{ "FIN", 0x01 },
	{ "SYN", 0x02 },
	{ "RST", 0x04 },
	{ "PSH", 0x08 },
	{ "ACK", 0x10 },
	{ "URG", 0x20 },
	{ "ALL", 0x3f },
	{ "NONE", 0 },
};

static const struct ipt_reject_name reject_names[] = {
	{ "icmp-net-unreachable", "net-unreach", 0 },
	{ "icmp-host-unreachable", "host-unreach", 1 },
	{ "icmp-proto-unreachable", "proto-unreach", 2 },
	{ "icmp-port-unreachable", "port-unreach", 3 },
	{ "icmp-net-prohibited", "net-prohib", 9 },
	{ "icmp-host-prohibited", "host-prohib", 10 },
	{ "tcp-reset", "tcp-rst", -1 },
	{ "icmp-admin-prohibited", "admin-prohib", 13 },
};

const char *const ipt_addrtypes[] = { "UNSPEC", "UNICAST", "LOCAL", "BROADCAST", "ANYCAST", "MULTICAST", "BLACKHOLE",
	"UNREACHABLE", "PROHIBIT", "THROW", "NAT", "XRESOLVE", NULL };

int ipt_protocol(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(protocols); i++)
		if (!strcmp(protocols[i].name, name))
			return protocols[i].number;
	return -1;
}

const char *ipt_protocol_name(uint8_t protocol)
{
	for (size_t i = 0; i < ARRAY_SIZE(protocols); i++)
		if (protocols[i].number == protocol)
			return protocols[i].name;
	return NULL;
}

static bool serves(size_t i, uint8_t protocol)
{
	return !protocol || (protocol == TCP && services[i].tcp) || (protocol == UDP && services[i].udp);
}

int ipt_service(const char *name, uint8_t protocol)
{
	for (size_t i = 0; i < ARRAY_SIZE(services); i++)
		if (!strcmp(services[i].name, name) && serves(i, protocol))
			return services[i].port;
	return -1;
}

const char *ipt_service_name(uint16_t port, uint8_t protocol)
{
	for (size_t i = 0; i < ARRAY_SIZE(services); i++)
		if (services[i].port == port && !services[i].alias && serves(i, protocol))
			return services[i].name;
	return NULL;
}

const struct ipt_icmp_name *ipt_icmp_names(unsigned *n)
{
	*n = ARRAY_SIZE(icmp_names);
	return icmp_names;
}

const struct ipt_flag_name *ipt_tcp_flags(unsigned *n)
{
	*n = ARRAY_SIZE(tcp_flags);
	return tcp_flags;
}

void ipt_tcp_flags_format(struct buf *b, uint8_t flags)
{
	const char *sep = "";

	for (unsigned i = 0; i < 6; i++) {
		if (!(flags & tcp_flags[i].flag))
			continue;
		buf_printf(b, "%s%s", sep, tcp_flags[i].name);
		sep = ",";
	}
	if (!*sep)
		buf_puts(b, "NONE");
}

const struct ipt_reject_name *ipt_reject_names(unsigned *n)
{
	*n = ARRAY_SIZE(reject_names);
	return reject_names;
}
