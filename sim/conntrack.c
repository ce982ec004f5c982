/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Connection tracking: net/netfilter/nf_conntrack_core.c, nf_conntrack_proto.c and the trackers of ICMP, UDP and
 * whatever has none of its own (nf_conntrack_proto_{icmp,udp,generic}.c). TCP's is in sim/ct_tcp.c.
 *
 * Theory of operation. The first hook that a packet meets looks its tuple up, once; it then carries the entry with
 * it. An unknown flow gets an entry that stands in no table until the packet has passed the last hook (nf_confirm()):
 * what is dropped on the way leaves nothing behind. An ICMP error belongs to the flow that it quotes. Entries expire on
 * the virtual clock; an expired one goes when it is met, and once a minute all of them do, when a new one is made.
 * Timeouts are the defaults of net.netfilter.nf_conntrack_*_timeout*. The checksums of UDP and TCP are not looked
 * at: on veth the kernel does not either (CHECKSUM_PARTIAL); ICMP's is.
 * Not modelled: helpers and expectations, zones, the limit nf_conntrack_max, an entry that only its reply finds after a
 * clash (nf_ct_resolve_clash_harder(): such a packet is dropped here). */
#include "model/buf.h"
#include "sim/netfilter.h"

#define SECONDS(n) ((n)*NSEC_PER_SEC)
#define TIMEOUT_ICMP SECONDS(30)
#define TIMEOUT_UDP SECONDS(30)
#define TIMEOUT_UDP_STREAM SECONDS(120)
#define TIMEOUT_GENERIC SECONDS(600)
#define UDP_STREAM_AFTER SECONDS(2)
#define GC_INTERVAL SECONDS(60)
#define NR_ICMP_TYPES 18

/* ---- references ---- */

void ct_get(struct ct *ct)
{
	if (ct)
		ct->refs++;
}

void ct_put(struct sim *s, struct ct *ct)
{
	(void)s;
	if (ct)
		ct_unref(ct);
}

void nf_attach_ct(struct packet *to, const struct packet *from)
{
	if (!from->ct || to->ct)
		return;
	to->ct = from->ct;
	to->ct_info = ct_info_dir(from->ct_info) == CT_ORIGINAL ? CT_RELATED_REPLY : CT_RELATED;
	ct_get(to->ct);
}

static void ct_set(struct packet *p, struct ct *ct, uint8_t info)
{
	p->ct = ct;
	p->ct_info = info;
}

static void ct_drop_ref(struct packet *p)
{
	ct_unref(p->ct);
	p->ct = NULL;
	p->ct_info = 0;
}

/* ---- what listeners are told: nf_conntrack_ecache.c, ctnetlink_conntrack_event() ---- */

static const char *proto_name(uint8_t protocol, char buf[4])
{
	switch (protocol) {
	case IPPROTO_ICMP_:
		return "icmp";
	case IPPROTO_TCP_:
		return "tcp";
	case IPPROTO_UDP_:
		return "udp";
	default:
		for (int i = 2, v = protocol; i >= 0; i--, v /= 10)
			buf[i] = (char)('0' + v % 10);
		buf[3] = 0;
		return buf;
	}
}

static struct val port_val(const struct ct_tuple *t, uint16_t port)
{
	return t->protocol == IPPROTO_TCP_ || t->protocol == IPPROTO_UDP_ ? VAL_U32(port) : VAL_NONE;
}

static struct val id_val(const struct ct_tuple *t)
{
	return t->protocol == IPPROTO_ICMP_ ? VAL_U32(t->sport) : VAL_NONE;
}

static void tell(struct sim *s, const struct ct *ct, const char *what, uint32_t events)
{
	const struct ct_tuple *o = &ct->tuple[CT_ORIGINAL], *r = &ct->tuple[CT_REPLY];
	const struct ns *ns = container_of(ct->table, struct nf, ct)->ns;
	bool tcp = o->protocol == IPPROTO_TCP_ && (events & CTE_PROTOINFO);
	struct buf status = { 0 };
	char buf[4];

	ct_status_format(&status, ct->status);
	sim_notice(s, ns, NULL, EV_CT_EVENT, ST_CT_EVENT, VAL_STR(what), VAL_STR(proto_name(o->protocol, buf)),
		VAL_ADDR(o->src), port_val(o, o->sport), VAL_ADDR(o->dst), port_val(o, o->dport), id_val(o),
		VAL_ADDR(r->src), port_val(r, r->sport), VAL_ADDR(r->dst), port_val(r, r->dport), id_val(r),
		VAL_STR(buf_str(&status)), tcp ? VAL_STR(ct_tcp_name(ct->tcp_state)) : VAL_NONE,
		ct->mark ? VAL_U32(ct->mark) : VAL_NONE,
		ct->status & CTS_DYING ? VAL_NONE : VAL_U32((uint32_t)((ct->expires - s->now) / NSEC_PER_SEC)));
	buf_release(&status);
}

/* nf_ct_deliver_cached_events() */
static void deliver(struct sim *s, struct ct *ct)
{
	uint32_t events = ct->events;

	if (!ct->table || !(ct->status & CTS_CONFIRMED) || (ct->status & CTS_DYING))
		return; /* what there is to tell is kept: an ICMP error may go out before what it is about is confirmed
			 */
	ct->events = 0;
	if (s->tracing && events)
		tell(s, ct, events & CTE_NEW ? "new" : "update", events);
}

/* ---- the table ---- */

/* An entry whose time is over is told of as well, but when depends on who comes by first: a packet, or the kernel's
 * collector of garbage. */
void nf_ct_kill(struct sim *s, struct ct *ct)
{
	bool listed = ct->table && (ct->status & CTS_CONFIRMED) && !(ct->status & CTS_DYING);

	if (!listed) {
		ct->status |= CTS_DYING;
		return;
	}
	ct_get(ct);
	ct_remove(ct);
	if (s->tracing)
		tell(s, ct, ct->expires > s->now ? "destroy" : "expire", CTE_PROTOINFO);
	ct_unref(ct);
}

struct ct *nf_ct_find(struct sim *s, struct ct_table *t, const struct ct_tuple *tuple, enum ct_dir *dir)
{
	uint32_t hash = ct_tuple_hash(tuple);
	struct ct *ct;

	while ((ct = ct_find(t, tuple, hash, dir)) && ct->expires <= s->now)
		nf_ct_kill(s, ct);
	return ct;
}

bool nf_ct_tuple_taken(struct sim *s, struct ct_table *t, const struct ct_tuple *reply, const struct ct *ignored)
{
	enum ct_dir dir;
	struct ct *ct = nf_ct_find(s, t, reply, &dir);

	/* the same flow once more: what clashes then is sorted out when it is confirmed */
	return ct && ct != ignored && !ct_tuple_eq(&ct->tuple[CT_ORIGINAL], &ignored->tuple[CT_ORIGINAL]);
}

static void gc(struct sim *s, struct ct_table *t)
{
	if (s->now < t->next_gc)
		return;
	t->next_gc = s->now + GC_INTERVAL;
	list_for_each_safe (ct, &t->all, struct ct, all) {
		if (ct->expires <= s->now)
			nf_ct_kill(s, ct);
	}
}

void nf_ct_refresh(struct ct *ct, uint64_t now, uint8_t info, const struct packet *p, uint64_t ns)
{
	enum ct_dir dir = ct_info_dir(info);

	ct->expires = ct->status & CTS_CONFIRMED ? now + ns : ns;
	ct->packets[dir]++;
	ct->bytes[dir] += nf_len(p);
}

/* ---- fragments ---- */

/* nf_ct_defrag_user() */
static enum ip_defrag_user defrag_user(const struct nf_state *st, const struct packet *p)
{
	if (p->nfb.active && p->nfb.in_prerouting)
		return IP_DEFRAG_CONNTRACK_BRIDGE_IN;
	return st->hook == NF_PRE_ROUTING ? IP_DEFRAG_CONNTRACK_IN : IP_DEFRAG_CONNTRACK_OUT;
}

bool nf_defrag(struct sim *s, struct nf_state *st, struct packet *p)
{
	const struct ip4_hdr *ip = packet_ip4(p);

	if (!ip || !(get16(ip->frag) & (IP4_MF | IP4_OFFSET)))
		return false;
	if (ip_defrag(s, st->ns, p, defrag_user(st, p)))
		return true;
	p->ignore_df = true;
	return false;
}

/* ---- tuples ---- */

/* get_l4proto() and pkt_to_tuple(): a header at net_off, of the packet itself or quoted in an ICMP error. */
bool nf_ct_get_tuple(const struct packet *p, int32_t net_off, struct ct_tuple *t)
{
	const struct ip4_hdr *ip = packet_at(p, net_off, sizeof(*ip));
	const struct icmp_hdr *icmp;
	const struct udp_hdr *ports;
	int32_t l4;

	if (!ip || get16(ip->frag) & IP4_OFFSET)
		return false;
	l4 = net_off + (int32_t)ip4_hlen(ip);
	if (!packet_at(p, l4, 0))
		return false;
	*t = (struct ct_tuple){ .src = ip4(get32(ip->saddr)), .dst = ip4(get32(ip->daddr)), .protocol = ip->protocol };
	switch (ip->protocol) {
	case IPPROTO_ICMP_:
		icmp = packet_at(p, l4, sizeof(*icmp));
		if (!icmp)
			return false;
		t->sport = get16(icmp->id);
		t->dport = (uint16_t)(icmp->type << 8 | icmp->code);
		return true;
	case IPPROTO_TCP_:
	case IPPROTO_UDP_:
		ports = packet_at(p, l4, 4);
		if (!ports)
			return false;
		t->sport = get16(ports->sport);
		t->dport = get16(ports->dport);
		return true;
	default: /* the generic tracker knows addresses only */
		return true;
	}
}

/* ---- events ---- */

static const char *state_name(const struct packet *p)
{
	if (!p->ct)
		return p->untracked ? "UNTRACKED" : "INVALID";
	switch (p->ct_info) {
	case CT_NEW:
		return "NEW";
	case CT_RELATED:
	case CT_RELATED_REPLY:
		return "RELATED";
	default:
		return "ESTABLISHED";
	}
}

/* The flow of a packet: that of its entry, in the direction of its first packet; else what the packet says itself. */
static void trace_ct(struct sim *s, struct nf_state *st, const struct packet *p, enum stage stage, const char *what)
{
	struct ct_tuple own = { .protocol = 0 };
	const struct ct_tuple *o = &own, *r = NULL;
	const struct ip4_hdr *ip = packet_ip4(p);
	char buf[4];

	if (!s->tracing)
		return;
	if (p->ct) {
		o = &p->ct->tuple[CT_ORIGINAL];
		r = &p->ct->tuple[CT_REPLY];
	} else if (!nf_ct_get_tuple(p, p->net_off, &own) && ip) {
		own.src = ip4(get32(ip->saddr));
		own.dst = ip4(get32(ip->daddr));
		own.protocol = ip->protocol;
	}
	sim_event_at(s, p, st->ns, nf_event_dev(st, p), EV_CT, stage, VAL_STR(state_name(p)),
		VAL_STR(proto_name(o->protocol, buf)), VAL_ADDR(o->src), port_val(o, o->sport), VAL_ADDR(o->dst),
		port_val(o, o->dport), id_val(o), r ? VAL_ADDR(r->src) : VAL_NONE, r ? port_val(r, r->sport) : VAL_NONE,
		r ? VAL_ADDR(r->dst) : VAL_NONE, r ? port_val(r, r->dport) : VAL_NONE, r ? id_val(r) : VAL_NONE,
		VAL_STR(what));
}

/* ---- ICMP errors: nf_conntrack_icmpv4_error(), nf_conntrack_inet_error() ---- */

bool nf_csum_ok(const uint8_t *b, uint32_t n)
{
	uint64_t sum = 0;

	for (; n >= 4; n -= 4, b += 4) {
		uint32_t w;

		memcpy(&w, b, 4);
		sum += w;
	}
	if (n) {
		uint8_t rest[4] = { 0 };
		uint32_t w;

		memcpy(rest, b, n);
		memcpy(&w, rest, 4);
		sum += w;
	}
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum == 0xffff; /* whatever the order of bytes */
}

static bool icmp_is_err(uint8_t type)
{
	return type == ICMP_UNREACH || type == ICMP_QUENCH || type == ICMP_REDIRECT_ || type == ICMP_TIMXCEED_ ||
	       type == ICMP_PARAM;
}

/* The error's flow is the one that it quotes. NULL, or why it is invalid. */
static const char *inet_error(struct sim *s, struct nf_state *st, struct packet *p, int32_t quoted)
{
	const struct ip4_hdr *ip = packet_ip4(p);
	struct ct_tuple orig, inner;
	enum ct_dir dir;
	struct ct *ct;

	if (!nf_ct_get_tuple(p, quoted, &orig) || !ct_tuple_invert(&inner, &orig))
		return "the quoted packet is of no flow";
	ct = nf_ct_find(s, &st->ns->nf->ct, &inner, &dir);
	if (!ct)
		return "the quoted flow is not known";
	if (get32(ip->daddr) != ct->tuple[dir].dst.v4)
		return "not addressed to the end of the quoted flow";
	ct_get(ct);
	ct_set(p, ct, dir == CT_REPLY ? CT_RELATED_REPLY : CT_RELATED);
	return NULL;
}

/* NULL: go on (p->ct is set when it was an error of a known flow); else why the packet is invalid. */
static const char *icmp_error(struct sim *s, struct nf_state *st, struct packet *p, int32_t l4)
{
	const struct icmp_hdr *icmp = packet_at(p, l4, sizeof(*icmp));

	if (!icmp)
		return "short packet";
	if (st->hook == NF_PRE_ROUTING && !nf_csum_ok((const uint8_t *)icmp, p->off + p->len - (uint32_t)l4))
		return "bad icmp checksum";
	if (icmp->type > NR_ICMP_TYPES)
		return "invalid icmp type";
	return icmp_is_err(icmp->type) ? inet_error(s, st, p, l4 + (int32_t)sizeof(*icmp)) : NULL;
}

/* ---- trackers: what a packet does to its entry ---- */

static enum ct_action icmp_packet(struct ct *ct, uint64_t now, struct packet *p, const char **why)
{
	uint8_t type = (uint8_t)(ct->tuple[CT_ORIGINAL].dport >> 8);

	if (type != 8 && type != 13 && type != 15 && type != 17) { /* requests; all else begins nothing */
		*why = "not a request";
		return CTA_INVALID;
	}
	nf_ct_refresh(ct, now, p->ct_info, p, TIMEOUT_ICMP);
	return CTA_ACCEPT;
}

static enum ct_action udp_packet(struct ct *ct, uint64_t now, struct packet *p, int32_t l4, const char **why)
{
	const struct udp_hdr *uh = packet_at(p, l4, sizeof(*uh));
	uint32_t len = p->off + p->len - (uint32_t)l4;

	if (!uh || get16(uh->len) > len || get16(uh->len) < sizeof(*uh)) {
		*why = uh ? "truncated or malformed packet" : "short packet";
		return CTA_INVALID;
	}
	if (!(ct->status & CTS_CONFIRMED))
		ct->udp_stream = now + UDP_STREAM_AFTER;
	if (!(ct->status & CTS_SEEN_REPLY) || now <= ct->udp_stream) {
		nf_ct_refresh(ct, now, p->ct_info, p, TIMEOUT_UDP);
		return CTA_ACCEPT;
	}
	nf_ct_refresh(ct, now, p->ct_info, p, TIMEOUT_UDP_STREAM);
	if (!(ct->status & CTS_ASSURED))
		nf_ct_event(ct, CTE_ASSURED);
	ct->status |= CTS_ASSURED;
	return CTA_ACCEPT;
}

/* nf_conntrack_handle_packet() */
static enum ct_action handle_packet(struct sim *s, struct ct *ct, struct packet *p, int32_t l4, const char **why)
{
	switch (ct->tuple[CT_ORIGINAL].protocol) {
	case IPPROTO_TCP_:
		return ct_tcp_packet(s, ct, p, l4, p->ct_info, why);
	case IPPROTO_UDP_:
		return udp_packet(ct, s->now, p, l4, why);
	case IPPROTO_ICMP_:
		return icmp_packet(ct, s->now, p, why);
	default:
		nf_ct_refresh(ct, s->now, p->ct_info, p, TIMEOUT_GENERIC);
		return CTA_ACCEPT;
	}
}

/* init_conntrack() */
static struct ct *init_conntrack(struct sim *s, struct ct_table *t, const struct ct_tuple *tuple)
{
	struct ct_tuple reply;
	struct ct *ct;

	if (!ct_tuple_invert(&reply, tuple))
		return NULL;
	gc(s, t);
	ct = ct_new(t);
	ct->tuple[CT_ORIGINAL] = *tuple;
	ct->tuple[CT_REPLY] = reply;
	return ct;
}

/* resolve_normal_ct(): p->ct and p->ct_info; false when the packet can have no entry. */
static bool resolve(struct sim *s, struct nf_state *st, struct packet *p)
{
	struct ct_table *t = &st->ns->nf->ct;
	struct ct_tuple tuple;
	enum ct_dir dir;
	struct ct *ct;

	if (!nf_ct_get_tuple(p, p->net_off, &tuple))
		return false;
	ct = nf_ct_find(s, t, &tuple, &dir);
	if (ct) {
		ct_get(ct);
	} else {
		ct = init_conntrack(s, t, &tuple);
		if (!ct)
			return false;
		dir = CT_ORIGINAL;
	}
	ct_set(p, ct, dir == CT_REPLY ? CT_ESTABLISHED_REPLY : ct->status & CTS_SEEN_REPLY ? CT_ESTABLISHED : CT_NEW);
	return true;
}

static int invalid(struct sim *s, struct nf_state *st, struct packet *p, const char *why)
{
	trace_ct(s, st, p, ST_NF_CONNTRACK_IN, why);
	return NFV_ACCEPT;
}

int nf_conntrack_in(struct sim *s, struct nf_state *st, struct packet *p)
{
	const struct ip4_hdr *ip = packet_ip4(p);
	const char *why = NULL;
	enum ct_action a;
	int32_t l4;

	if (p->ct) /* seen before: it came through the loopback device, or a bridge */
		return NFV_ACCEPT;
	if (p->untracked)
		return invalid(s, st, p, NULL);
	if (!ip || get16(ip->frag) & IP4_OFFSET)
		return invalid(s, st, p, "no transport header");
	l4 = p->net_off + (int32_t)ip4_hlen(ip);
	if (ip->protocol == IPPROTO_ICMP_) {
		why = icmp_error(s, st, p, l4);
		if (why)
			return invalid(s, st, p, why);
		if (p->ct)
			return invalid(s, st, p, NULL);
	}
	do {
		if (!resolve(s, st, p))
			return invalid(s, st, p, "no tuple");
		a = handle_packet(s, p->ct, p, l4, &why);
		if (a != CTA_ACCEPT)
			ct_drop_ref(p);
	} while (a == CTA_REPEAT);
	if (a == CTA_INVALID)
		return invalid(s, st, p, why);
	if (a == CTA_DROP)
		return nf_state_drop(st, ST_NF_CONNTRACK_IN, why, 0);
	if (p->ct_info == CT_ESTABLISHED_REPLY) {
		if (!(p->ct->status & CTS_SEEN_REPLY))
			nf_ct_event(p->ct, CTE_REPLY);
		p->ct->status |= CTS_SEEN_REPLY;
	}
	trace_ct(s, st, p, ST_NF_CONNTRACK_IN, why);
	return NFV_ACCEPT;
}

/* ---- confirm ---- */

/* nf_ct_can_merge(): the same flow, seen from either end. */
static bool can_merge(const struct ct *a, const struct ct *b)
{
	return (ct_tuple_eq(&a->tuple[0], &b->tuple[0]) && ct_tuple_eq(&a->tuple[1], &b->tuple[1])) ||
	       (ct_tuple_eq(&a->tuple[0], &b->tuple[1]) && ct_tuple_eq(&a->tuple[1], &b->tuple[0]));
}

/* nf_ct_resolve_clash(): another packet of the flow was first. Those of TCP and ICMP may not join it. */
static int resolve_clash(struct nf_state *st, struct packet *p, struct ct *won)
{
	uint8_t protocol = won->tuple[CT_ORIGINAL].protocol;
	struct ct *lost = p->ct;

	if (protocol == IPPROTO_TCP_ || protocol == IPPROTO_ICMP_ || !can_merge(won, lost))
		return nf_state_drop(st, ST_NF_CONFIRM, "its flow clashes with another one", 0);
	won->packets[ct_info_dir(p->ct_info)]++;
	won->bytes[ct_info_dir(p->ct_info)] += nf_len(p);
	ct_get(won);
	p->ct = won;
	ct_unref(lost);
	return NFV_ACCEPT;
}

/* __nf_conntrack_confirm() */
int nf_conntrack_confirm(struct sim *s, struct nf_state *st, struct packet *p)
{
	struct ct *ct = p->ct, *other;
	enum ct_dir dir;

	if (ct_info_dir(p->ct_info) != CT_ORIGINAL)
		return NFV_ACCEPT;
	if (!ct->table || (ct->status & CTS_DYING))
		return nf_state_drop(st, ST_NF_CONFIRM, "its connection tracking entry is gone", 0);
	other = nf_ct_find(s, ct->table, &ct->tuple[CT_ORIGINAL], &dir);
	if (!other)
		other = nf_ct_find(s, ct->table, &ct->tuple[CT_REPLY], &dir);
	if (other)
		return resolve_clash(st, p, other);
	ct->expires += s->now;
	ct_insert(ct);
	if (ct->status & CTS_SRC_NAT_DONE)
		nf_nat_bysource_add(ct);
	trace_ct(s, st, p, ST_NF_CONFIRM, "new entry");
	nf_ct_event(ct, CTE_NEW);
	return NFV_ACCEPT;
}

int nf_confirm(struct sim *s, struct nf_state *st, struct packet *p)
{
	int verdict = p->ct && !(p->ct->status & CTS_CONFIRMED) ? nf_conntrack_confirm(s, st, p) : NFV_ACCEPT;

	if (verdict == NFV_ACCEPT && p->ct)
		deliver(s, p->ct);
	return verdict;
}

/* ---- life cycle ---- */

void nf_ns_free(struct sim *s, struct ns *ns)
{
	(void)s;
	nf_free(ns->nf);
	ns->nf = NULL;
}
