/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ICMP: errors sent and received, echo, and how many of them (net/ipv4/icmp.c; ip_error() and ip_rt_send_redirect() of
 * route.c, inet_peer_xrlim_allow() of inetpeer.c).
 *
 * Theory of operation. Three limits hold back errors. Per namespace: icmp_msgs_per_sec with bursts of icmp_msgs_burst
 * (here each message costs one credit, in the kernel 0 to 2 at random). Per peer: a bucket that icmp_send(),
 * ip_error() and redirects share, each with its own idea of it, so that an unreachable route costs two tokens per
 * error. Both hold for the types in icmp_ratemask only. Not modelled: IP options, timestamp requests. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "sim/ip_state.h"
#include "sim/jiffies.h"

#define ERROR_SIZE 576          /* an error is no longer than this */
#define DUMMY_ADDR 0xc0000008U  /* INADDR_DUMMY, 192.0.0.8: this host has no address */
#define XRLIM_BURST 6           /* XRLIM_BURST_FACTOR */
#define RT_ERROR_BURST (5 * HZ) /* ip_rt_error_burst */
#define RT_ERROR_COST HZ        /* ip_rt_error_cost */
#define RT_REDIRECT_NUMBER 9
#define RT_REDIRECT_LOAD (HZ / 50)
#define RT_REDIRECT_SILENCE (RT_REDIRECT_LOAD << (RT_REDIRECT_NUMBER + 1))
enum {
	ICMP_TIMESTAMP_ = 13,
	ICMP_TIMESTAMPREPLY_ = 14,
	ICMP_ADDRESS_ = 17,
	ICMP_ADDRESSREPLY_ = 18,
	NR_ICMP_TYPES_ = 18,
	NR_ICMP_UNREACH_ = 15,
	ICMP_FRAG_NEEDED_ = 4
};

static const char *const unreach_names[] = { "net unreachable", "host unreachable", "protocol unreachable",
	"port unreachable", "fragmentation needed", "source route failed", "net unknown", "host unknown",
	"host isolated", "net prohibited", "host prohibited", "net unreachable for TOS", "host unreachable for TOS",
	"packet filtered", "precedence violation", "precedence cutoff" };

const char *icmp_name(uint8_t type, uint8_t code)
{
	switch (type) {
	case ICMP_ECHOREPLY_:
		return "echo reply";
	case ICMP_UNREACH:
		return code < ARRAY_SIZE(unreach_names) ? unreach_names[code] : "destination unreachable";
	case ICMP_QUENCH:
		return "source quench";
	case ICMP_REDIRECT_:
		return code == 1 ? "redirect host" : code ? "redirect" : "redirect net";
	case ICMP_ECHO_:
		return "echo request";
	case ICMP_TIMXCEED_:
		return code ? "fragment reassembly time exceeded" : "time to live exceeded";
	case ICMP_PARAM:
		return "parameter problem";
	case ICMP_TIMESTAMP_:
		return "timestamp request";
	case ICMP_TIMESTAMPREPLY_:
		return "timestamp reply";
	default:
		return "unknown type";
	}
}

/* icmp_pointers[].error */
static bool is_error_type(uint8_t type)
{
	switch (type) {
	case ICMP_ECHOREPLY_:
	case ICMP_ECHO_:
	case ICMP_TIMESTAMP_:
	case ICMP_TIMESTAMPREPLY_:
	case 15:
	case 16:
	case ICMP_ADDRESS_:
	case ICMP_ADDRESSREPLY_:
		return false;
	default:
		return true; /* also types that are unknown: "think about it" */
	}
}

/* ---- limits ---- */
/* icmpv4_global_allow(); *limit: the limit per peer holds too. */
static bool global_allow(struct sim *s, struct ns *ns, uint8_t type, uint8_t code, bool *limit)
{
	struct ip_state *ip;
	uint64_t delta;
	int64_t incr;

	if (type > NR_ICMP_TYPES_ || (type == ICMP_UNREACH && code == ICMP_FRAG_NEEDED_) ||
		!(1U << type & (uint32_t)ns->sysctl[NSC_ICMP_RATEMASK]))
		return true;
	*limit = true;
	ip = ip_state(ns);
	if (ip->icmp_credit > 0)
		return true;
	delta = jiffies(s) - ip->icmp_stamp;
	if (delta > HZ)
		delta = HZ;
	incr = delta < HZ / 50 ? 0 : ns->sysctl[NSC_ICMP_MSGS_PER_SEC] * (int64_t)delta / (int64_t)HZ;
	if (!incr)
		return false;
	ip->icmp_stamp = jiffies(s);
	ip->icmp_credit += incr;
	if (ip->icmp_credit > ns->sysctl[NSC_ICMP_MSGS_BURST])
		ip->icmp_credit = ns->sysctl[NSC_ICMP_MSGS_BURST];
	return true;
}

/* inet_peer_xrlim_allow() */
static bool peer_allow(struct sim *s, struct ip_peer *peer, uint64_t timeout)
{
	uint64_t now = jiffies(s);

	if (now != peer->rate_last) {
		peer->rate_tokens += now - peer->rate_last;
		peer->rate_last = now;
		if (peer->rate_tokens > XRLIM_BURST * timeout)
			peer->rate_tokens = XRLIM_BURST * timeout;
	}
	if (peer->rate_tokens < timeout)
		return false;
	peer->rate_tokens -= timeout;
	return true;
}

/* icmpv4_xrlim_allow() */
static bool xrlim_allow(struct sim *s, struct ns *ns, const struct dst *d, uint32_t daddr, bool limit)
{
	uint64_t timeout;

	if (!limit)
		return true;
	if (!(d->dev->flags & DEVF_LOOPBACK)) {
		timeout = ((uint64_t)ns->sysctl[NSC_ICMP_RATELIMIT] * HZ + 999) / 1000;
		if (!peer_allow(s, ip_peer_get(s, ns, daddr), timeout))
			return false;
	}
	ip_state(ns)->icmp_credit--;
	return true;
}

/* ---- sending ---- */
static void note(struct sim *s, const struct packet *p, enum stage st, const char *text)
{
	sim_event(s, p, EV_STEP, st, VAL_STR(text));
}

static void send_event(
	struct sim *s, const struct packet *q, enum stage st, const struct icmp_hdr *icmp, const struct ip_flow *f)
{
	char info[64];

	if (!s->tracing)
		return;
	if (icmp->type == ICMP_ECHOREPLY_)
		snprintf(info, sizeof(info), "echo reply id %u seq %u", get16(icmp->id), get16(icmp->seq));
	else
		str_copy(info, sizeof(info), icmp_name(icmp->type, icmp->code));
	sim_event(s, q, EV_SEND, st, VAL_STR("the kernel"), VAL_STR("icmp"), VAL_ADDR(ip4(f->src)), VAL_NONE,
		VAL_ADDR(ip4(f->dst)), VAL_NONE, VAL_STR(info), VAL_U32(q->len));
}

/* icmp_push_reply(): an ICMP header and `size` bytes of data behind it, caused by `about`. */
static void push_reply(struct sim *s, struct ns *ns, const struct packet *about, const struct icmp_hdr *icmp,
	const uint8_t *data, uint32_t size, const struct ip_flow *f, const struct dst *d, const struct route *r)
{
	bool error = is_error_type(icmp->type);
	enum stage st = error ? ST_ICMP_SEND : ST_ICMP_REPLY;
	uint32_t cause = s->cause;
	struct packet *q;
	struct icmp_hdr *h;

	s->cause = about->id;
	q = sim_packet(s, (uint32_t)sizeof(*h) + size);
	h = (void *)packet_append(q, (uint32_t)sizeof(*h) + size);
	*h = *icmp;
	h->check = put16(0);
	memcpy(h + 1, data, size);
	h->check = put16(csum_fold(csum_add(0, h, sizeof(*h) + size)));
	q->dst = *d;
	ip_build_header(s, q, ns, f->src, f->dst, IPPROTO_ICMP_, f->tos, 0, false);
	q->dev = d->dev;
	q->local = true;
	if (q->len > d->mtu)
		q->frag_list = (uint16_t)d->mtu;
	if (error)
		nf_attach_ct(q, about);
	send_event(s, q, st, icmp, f);
	ip_route_event(s, q, ns, ST_IP_ROUTE_OUTPUT, f->dst, f->src, d, r, 0);
	s->cause = q->id;
	s->icmp_busy = true;
	ip_local_out(s, q);
	s->icmp_busy = false;
	s->cause = cause;
}

/* The refusals of __icmp_send() before anything is looked up: why not, or NULL. */
static const char *no_error_because(const struct packet *p, const struct ip4_hdr *h, uint8_t type)
{
	const struct icmp_hdr *icmp;

	if (p->pkt_type != PACKET_HOST)
		return "no ICMP error: the frame was a broadcast or multicast";
	if (p->dst.type == RTN_BROADCAST_ || p->dst.type == RTN_MULTICAST_)
		return "no ICMP error: the packet was a broadcast or multicast";
	if (get16(h->frag) & IP4_OFFSET)
		return "no ICMP error: not the first fragment";
	if (h->protocol != IPPROTO_ICMP_ || !is_error_type(type))
		return NULL;
	icmp = packet_at(p, p->net_off + (int32_t)ip4_hlen(h), 1);
	if (!icmp || is_error_type(icmp->type))
		return "no ICMP error about an ICMP error";
	return NULL;
}

/* The source that __icmp_send() asks for; 0 = as the route says. */
static uint32_t error_source(const struct ns *ns, const struct packet *p, const struct ip4_hdr *h)
{
	struct ipaddr to = ip4(get32(h->saddr)), a;

	if (p->dst.input == DST_LOCAL)
		return get32(h->daddr);
	if (p->local || !p->iif || !ns->sysctl[NSC_ICMP_ERRORS_USE_INBOUND_IFADDR])
		return 0;
	a = fib_select_addr(ns, p->iif, &to, SCOPE_LINK);
	return a.family == IP_NONE ? 0 : a.v4;
}

/* The second half of __icmp_send(): it may be sent; by which way? */
static void send_error(struct sim *s, struct ns *ns, const struct packet *p, const struct ip4_hdr *h,
	const struct icmp_hdr *icmp, uint32_t mtu, bool limit)
{
	uint32_t want = error_source(ns, p, h), room, size;
	struct ip_flow f = { .dst = get32(h->saddr), .src = want, .tos = (h->tos & 0x1e) | 0xc0 };
	struct route *r;
	struct dst d;
	int err = ip_route_output_key(s, ns, &f, &d, &r);

	if (err) {
		ip_route_event(s, p, ns, ST_ICMP_SEND, get32(h->saddr), want, NULL, r, err);
		note(s, p, ST_ICMP_SEND, "no ICMP error: no route to the sender");
		return;
	}
	if (!xrlim_allow(s, ns, &d, f.dst, limit)) {
		note(s, p, ST_ICMP_SEND, "no ICMP error: too many to this host already (icmp_ratelimit)");
		return;
	}
	room = (d.mtu < ERROR_SIZE ? d.mtu : ERROR_SIZE) - (uint32_t)(sizeof(*h) + sizeof(*icmp));
	if ((int32_t)room <= (int32_t)sizeof(*h))
		return;
	size = p->off + p->len - (uint32_t)p->net_off;
	if (size > room)
		size = room;
	if (!f.src)
		f.src = DUMMY_ADDR;
	sim_event(s, p, EV_ICMP_ERROR, ST_ICMP_SEND, VAL_U32(icmp->type), VAL_U32(icmp->code),
		VAL_STR(icmp_name(icmp->type, icmp->code)), VAL_ADDR(ip4(f.dst)), mtu ? VAL_U32(mtu) : VAL_NONE);
	push_reply(s, ns, p, icmp, (const uint8_t *)h, size, &f, &d, r);
}

void icmp_send(struct sim *s, const struct packet *p, uint8_t type, uint8_t code, uint32_t info)
{
	const struct ip4_hdr *h = packet_ip4(p);
	struct icmp_hdr icmp = { .type = type, .code = code, .id = put16(info >> 16), .seq = put16(info) };
	struct ns *ns;
	bool limit = false;
	const char *why;

	if (!h || (p->dst.input == DST_NONE && !p->nfb.active))
		return;
	ns = p->dst.dev ? p->dst.dev->ns : p->dev->ns;
	why = no_error_because(p, h, type);
	if (why) {
		note(s, p, ST_ICMP_SEND, why);
		return;
	}
	if (!(p->dev && (p->dev->flags & DEVF_LOOPBACK)) && !global_allow(s, ns, type, code, &limit)) {
		note(s, p, ST_ICMP_SEND, "no ICMP error: too many already (icmp_msgs_per_sec)");
		return;
	}
	if (s->icmp_busy) { /* icmp_xmit_lock() does not wait: the processor's ICMP socket is sending already */
		note(s, p, ST_ICMP_SEND, "no ICMP error about an ICMP message that is being sent");
		return;
	}
	local_bh_disable(s); /* until the processor's ICMP socket is free again */
	send_error(s, ns, p, h, &icmp, type == ICMP_UNREACH && code == ICMP_FRAG_NEEDED_ ? info : 0, limit);
	local_bh_enable(s);
}

/* ---- errors of the route ---- */
/* What ip_error() answers to: the code of a 3, or -1. */
static int error_code(int error, enum drop *why)
{
	switch (error) {
	case EHOSTUNREACH:
		return 1;
	case ENETUNREACH:
		*why = DROP_IP_INNOROUTES;
		return 0;
	case EACCES:
		return 13;
	default:
		return -1;
	}
}

int ip_error(struct sim *s, struct packet *p)
{
	struct ns *ns = p->dev->ns;
	enum drop why = DROP_NOT_SPECIFIED;
	struct ip_peer *peer;
	uint64_t now = jiffies(s);
	int code;

	if (!dev_conf(p->dev, DEVC_FORWARDING)) {
		if (p->dst.error == EHOSTUNREACH)
			why = DROP_IP_INADDRERRORS;
		else if (p->dst.error == ENETUNREACH)
			why = DROP_IP_INNOROUTES;
		return sim_drop(s, p, why, ST_IP_ERROR, NULL, 0);
	}
	code = error_code(p->dst.error, &why);
	if (code >= 0) {
		peer = ip_peer_get(s, ns, get32(packet_ip4(p)->saddr));
		peer->rate_tokens += now - peer->rate_last;
		if (peer->rate_tokens > RT_ERROR_BURST)
			peer->rate_tokens = RT_ERROR_BURST;
		peer->rate_last = now;
		if (peer->rate_tokens >= RT_ERROR_COST) {
			peer->rate_tokens -= RT_ERROR_COST;
			icmp_send(s, p, ICMP_UNREACH, (uint8_t)code, 0);
		} else {
			note(s, p, ST_IP_ERROR, "no ICMP error: too many to this host already");
		}
	}
	return sim_drop(s, p, why, ST_IP_ERROR, code < 0 ? "blackhole" : NULL, 0);
}

void ip_rt_send_redirect(struct sim *s, const struct packet *p)
{
	const struct ip4_hdr *h = packet_ip4(p);
	struct dev *out = p->dst.dev;
	uint32_t gw = p->dst.gateway.family == IP_V4 ? p->dst.gateway.v4 : get32(h->daddr);
	uint64_t now = jiffies(s);
	struct ip_peer *peer;

	if (!dev_conf(out, DEVC_SEND_REDIRECTS))
		return;
	peer = ip_peer_get(s, out->ns, get32(h->saddr));
	if (now > peer->rate_last + RT_REDIRECT_SILENCE) {
		peer->rate_tokens = 0;
		peer->n_redirects = 0;
	}
	if (peer->n_redirects >= RT_REDIRECT_NUMBER) {
		peer->rate_last = now;
		return;
	}
	if (!peer->n_redirects || now > peer->rate_last + (RT_REDIRECT_LOAD << peer->n_redirects)) {
		icmp_send(s, p, ICMP_REDIRECT_, 1, gw);
		peer->rate_last = now;
		peer->n_redirects++;
	}
}

/* ---- receiving ---- */
/* fib_compute_spec_dst(): the address that an answer to p comes from. */
static uint32_t spec_dst(const struct packet *p, const struct ip4_hdr *h)
{
	struct fib_query q = { .dst = ip4(get32(h->saddr)), .tos = h->tos };
	struct ipaddr a;
	struct route *r;

	if (p->dst.input == DST_LOCAL)
		return get32(h->daddr);
	if (ip4_is_zeronet(q.dst.v4))
		a = fib_select_addr(p->dev->ns, p->dev, &q.dst, SCOPE_LINK);
	else if (!fib_lookup(p->dev->ns, &q, &r))
		a = fib_route_prefsrc(p->dev->ns, r);
	else
		a = fib_select_addr(p->dev->ns, p->dev, &q.dst, SCOPE_UNIVERSE);
	return a.family == IP_NONE ? 0 : a.v4;
}

/* icmp_echo(), icmp_reply(). The window starts at the ICMP header. */
static void icmp_echo(struct sim *s, struct packet *p, const struct icmp_hdr *icmp)
{
	const struct ip4_hdr *h = packet_ip4(p);
	struct ns *ns = p->dev->ns;
	struct icmp_hdr reply = *icmp;
	struct ip_flow f = { .dst = get32(h->saddr), .tos = h->tos };
	bool limit = false;
	struct route *r;
	struct dst d;
	int err;

	if (ns->sysctl[NSC_ICMP_ECHO_IGNORE_ALL]) {
		sim_absorb(s, p, ST_ICMP_ECHO, "not answered (icmp_echo_ignore_all)");
		return;
	}
	reply.type = ICMP_ECHOREPLY_;
	if (!global_allow(s, ns, reply.type, reply.code, &limit)) {
		sim_absorb(s, p, ST_ICMP_REPLY, "not answered: too many already (icmp_msgs_per_sec)");
		return;
	}
	f.src = spec_dst(p, h);
	err = ip_route_output_key(s, ns, &f, &d, &r);
	if (err) {
		ip_route_event(s, p, ns, ST_ICMP_REPLY, f.dst, f.src, NULL, r, err);
		sim_drop(s, p, DROP_NO_REPLY_ROUTE, ST_ICMP_REPLY, NULL, 0);
		return;
	}
	if (!xrlim_allow(s, ns, &d, f.dst, limit)) {
		sim_absorb(s, p, ST_ICMP_REPLY, "not answered: too many to this host already (icmp_ratelimit)");
		return;
	}
	push_reply(s, ns, p, &reply, (const uint8_t *)(icmp + 1), p->len - (uint32_t)sizeof(*icmp), &f, &d, r);
	sim_absorb(s, p, ST_ICMP_ECHO, "answered");
}

/* icmp_socket_deliver(): about a packet of ours, to whoever sent it. The window starts at the ICMP header. */
static void socket_deliver(struct sim *s, struct packet *p, const struct icmp_hdr *icmp, uint32_t info)
{
	const struct ip4_hdr *quoted = packet_at(p, p->trans_off + (int32_t)sizeof(*icmp), sizeof(*quoted));
	uint32_t size = p->len - (uint32_t)sizeof(*icmp);
	struct ipaddr from = ip4(get32(packet_ip4(p)->saddr));

	if (!quoted || size < ip4_hlen(quoted) + 8)
		return;
	sock_icmp_error(s, p, quoted, size, icmp->type, icmp->code, info, &from);
}

/* icmp_unreach() for 3, 4, 11 and 12 */
static void icmp_unreach(struct sim *s, struct packet *p, const struct icmp_hdr *icmp)
{
	const struct ip4_hdr *quoted = packet_at(p, p->trans_off + (int32_t)sizeof(*icmp), sizeof(*quoted));
	uint32_t info = 0;

	if (!quoted) {
		sim_drop(s, p, DROP_NOT_SPECIFIED, ST_ICMP_UNREACH, NULL, 0);
		return;
	}
	if (ip4_hlen(quoted) < sizeof(*quoted)) {
		sim_drop(s, p, DROP_IP_INHDR, ST_ICMP_UNREACH, NULL, 0);
		return;
	}
	if (icmp->type == ICMP_UNREACH && icmp->code == ICMP_FRAG_NEEDED_) {
		switch (p->dev->ns->sysctl[NSC_IP_NO_PMTU_DISC]) {
		case 0:
			info = get16(icmp->seq);
			break;
		case 2:
		case 3: /* icmp_strict_tag_validation: TCP only, among what is modelled */
			if (p->dev->ns->sysctl[NSC_IP_NO_PMTU_DISC] == 3 && quoted->protocol == IPPROTO_TCP_) {
				info = get16(icmp->seq);
				break;
			}
			sim_absorb(s, p, ST_ICMP_UNREACH, "ignored (ip_no_pmtu_disc)");
			return;
		}
	} else if (icmp->type == ICMP_PARAM) {
		info = get16(icmp->id) >> 8;
	}
	if ((icmp->type == ICMP_UNREACH && icmp->code > NR_ICMP_UNREACH_) ||
		(icmp->type == ICMP_TIMXCEED_ && icmp->code == 1)) {
		sim_absorb(s, p, ST_ICMP_UNREACH, "ignored");
		return;
	}
	socket_deliver(s, p, icmp, info);
	sim_absorb(s, p, ST_ICMP_UNREACH, "an error for the socket that sent the packet");
}

/* The dispatch by type; the checks are done. */
static void icmp_handle(struct sim *s, struct packet *p, const struct icmp_hdr *icmp)
{
	switch (icmp->type) {
	case ICMP_ECHOREPLY_: /* ping_rcv() */
		if (p->raw_taken)
			sim_absorb(s, p, ST_PING_RCV, "a raw socket has it");
		else
			sim_drop(s, p, DROP_NO_SOCKET, ST_PING_RCV, NULL, 0);
		return;
	case ICMP_ECHO_:
		icmp_echo(s, p, icmp);
		return;
	case ICMP_UNREACH:
	case ICMP_QUENCH:
	case ICMP_TIMXCEED_:
	case ICMP_PARAM:
		icmp_unreach(s, p, icmp);
		return;
	case ICMP_REDIRECT_:
		if (p->len < sizeof(*icmp) + sizeof(struct ip4_hdr)) {
			sim_drop(s, p, DROP_PKT_TOO_SMALL, ST_ICMP_REDIRECT, NULL, 0);
			return;
		}
		socket_deliver(s, p, icmp, (uint32_t)get16(icmp->id) << 16 | get16(icmp->seq));
		sim_absorb(s, p, ST_ICMP_REDIRECT, "a hint for routing");
		return;
	case ICMP_TIMESTAMP_:
		sim_event(s, p, EV_NOT_MODELLED, ST_ICMP_RCV, VAL_STR("answers to ICMP timestamp requests"));
		break;
	}
	sim_absorb(s, p, ST_ICMP_RCV, "discarded"); /* icmp_discard() */
}

void icmp_rcv(struct sim *s, struct packet *p)
{
	const struct icmp_hdr *icmp = packet_icmp(p);

	if (csum_fold(csum_add(0, packet_data(p), p->len))) {
		sim_drop(s, p, DROP_ICMP_CSUM, ST_ICMP_RCV, NULL, 0);
		return;
	}
	if (!icmp) {
		sim_drop(s, p, DROP_NOT_SPECIFIED, ST_ICMP_RCV, "too short", 0);
		return;
	}
	if (p->dst.type == RTN_BROADCAST_ || p->dst.type == RTN_MULTICAST_) {
		bool asks = icmp->type == ICMP_ECHO_ || icmp->type == ICMP_TIMESTAMP_;

		if (asks && p->dev->ns->sysctl[NSC_ICMP_ECHO_IGNORE_BROADCASTS]) {
			sim_drop(s, p, DROP_INVALID_PROTO, ST_ICMP_RCV, "icmp_echo_ignore_broadcasts", 0);
			return;
		}
		if (!asks && icmp->type != ICMP_ADDRESS_ && icmp->type != ICMP_ADDRESSREPLY_) {
			sim_drop(s, p, DROP_INVALID_PROTO, ST_ICMP_RCV, "not to a broadcast or multicast address", 0);
			return;
		}
	}
	if (icmp->type > NR_ICMP_TYPES_) {
		sim_drop(s, p, DROP_UNHANDLED_PROTO, ST_ICMP_RCV, NULL, 0);
		return;
	}
	icmp_handle(s, p, icmp);
}
