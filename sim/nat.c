/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Address translation: net/netfilter/nf_nat_core.c, nf_nat_masquerade.c, nf_nat_redirect.c. How bytes of packets
 * are changed is in sim/nat_proto.c.
 *
 * Theory of operation. A translation is made once, for the first packet of a flow, and is nothing but another tuple
 * of replies in its entry: nf_nat_setup_info() finds one that no other flow has. All packets of the flow are then
 * made to look like the inverse of the other direction's tuple. When nat chains exist, a flow that no rule translates
 * gets a null binding, which only keeps it unique.
 * Where the kernel draws a port at random after a clash, the model draws from its own generator: repeatable, but
 * not the kernel's; the comparison treats such ports as a variable. */
#include "sim/netfilter.h"

#define NAT_MAX_ATTEMPTS 128u
#define NAT_HARDER_THRESH (NAT_MAX_ATTEMPTS / 4)
#define NAT_RANDOM_ALL (NF_NAT_PROTO_RANDOM | NF_NAT_PROTO_RANDOM_FULLY)

/* ---- sources: which flows have which source (nf_nat_bysource) ---- */

static uint32_t source_hash(const struct ct_tuple *t)
{
	return hash_mix(hash_mix(t->protocol, t->src.v4), t->sport);
}

void nf_nat_bysource_add(struct ct *ct)
{
	if (ct->in_source || !ct->table)
		return;
	htab_add(&ct->table->by_source, &ct->by_source, source_hash(&ct->tuple[CT_ORIGINAL]));
	ct->in_source = true;
}

/* ---- finding a tuple ---- */

/* nf_nat_used_tuple(): has another flow the reply that this tuple would have? */
static bool used_tuple(struct sim *s, const struct ct_tuple *tuple, const struct ct *ct)
{
	struct ct_tuple reply;

	return ct_tuple_invert(&reply, tuple) && nf_ct_tuple_taken(s, ct->table, &reply, ct);
}

/* nf_nat_used_tuple_harder(): in the end a connection that is over (TIME_WAIT) makes room for a new one. */
static bool used_tuple_harder(struct sim *s, const struct ct_tuple *tuple, const struct ct *ct, unsigned left)
{
	struct ct_tuple reply;
	enum ct_dir dir;
	struct ct *other;

	if (left > NAT_HARDER_THRESH || tuple->protocol != IPPROTO_TCP_ || ct->tcp_state != CT_TCP_SYN_SENT)
		return used_tuple(s, tuple, ct);
	if (!ct_tuple_invert(&reply, tuple))
		return false;
	other = nf_ct_find(s, ct->table, &reply, &dir);
	if (!other)
		return false;
	if (dir == CT_ORIGINAL || other->tcp_state < CT_TCP_TIME_WAIT || !(other->status & CTS_SRC_NAT) ||
		(int32_t)(ct->seen[0].end - other->seen[0].end) <= 0)
		return true;
	nf_ct_kill(s, other);
	return false;
}

/* The part of a tuple that a manipulation changes beside the address; NULL: the protocol has none. */
static uint16_t *proto_part(struct ct_tuple *t, enum nat_manip manip)
{
	switch (t->protocol) {
	case IPPROTO_ICMP_:
		return &t->sport; /* the id, whatever the direction */
	case IPPROTO_TCP_:
	case IPPROTO_UDP_:
		return manip == NAT_MANIP_SRC ? &t->sport : &t->dport;
	default:
		return NULL;
	}
}

static bool proto_in_range(struct ct_tuple t, enum nat_manip manip, const struct nat_range *r)
{
	const uint16_t *v = proto_part(&t, manip);

	return !v || (*v >= r->min_proto && *v <= r->max_proto);
}

/* nf_in_range(): may this source stay as it is? */
static bool in_range(const struct ct_tuple *t, const struct nat_range *r)
{
	if ((r->flags & NF_NAT_MAP_IPS) && (t->src.v4 < r->min_addr || t->src.v4 > r->max_addr))
		return false;
	return !(r->flags & NF_NAT_PROTO_SPECIFIED) || proto_in_range(*t, NAT_MANIP_SRC, r);
}

/* find_appropriate_src(): the translation that another flow of the same source has. */
static bool find_appropriate_src(
	const struct ct *ct, const struct ct_tuple *tuple, struct ct_tuple *result, const struct nat_range *r)
{
	for (struct hnode *n = htab_first(&ct->table->by_source, source_hash(tuple)); n; n = htab_next(n)) {
		const struct ct *other = container_of(n, struct ct, by_source);
		const struct ct_tuple *o = &other->tuple[CT_ORIGINAL];

		if (o->protocol != tuple->protocol || o->src.v4 != tuple->src.v4 || o->sport != tuple->sport)
			continue;
		if (!ct_tuple_invert(result, &other->tuple[CT_REPLY]))
			continue;
		result->dst = tuple->dst;
		result->dport = tuple->dport;
		if (in_range(result, r))
			return true;
	}
	return false;
}

static uint32_t rol32(uint32_t v, unsigned n)
{
	return v << n | v >> (32 - n);
}

/* jhash2() of four words of which only the first is not zero: that is how the kernel hashes an IPv4 address that
 * stands in a union with an IPv6 one (include/linux/jhash.h). */
static uint32_t jhash_addr(uint32_t word, uint32_t init)
{
	uint32_t a = 0xdeadbeef + (4 << 2) + init, b = a, c = a;

	a += word;
	a -= c, a ^= rol32(c, 4), c += b; /* mix */
	b -= a, b ^= rol32(a, 6), a += c;
	c -= b, c ^= rol32(b, 8), b += a;
	a -= c, a ^= rol32(c, 16), c += b;
	b -= a, b ^= rol32(a, 19), a += c;
	c -= b, c ^= rol32(b, 4), b += a;
	c ^= b, c -= rol32(b, 14); /* final */
	a ^= c, a -= rol32(c, 11);
	b ^= a, b -= rol32(a, 25);
	c ^= b, c -= rol32(b, 16);
	a ^= c, a -= rol32(c, 4);
	b ^= a, b -= rol32(a, 14);
	c ^= b, c -= rol32(b, 24);
	return c;
}

/* find_best_ips_proto(): which address of the range, by a hash without a secret. */
static void find_best_ips(struct ct_tuple *t, const struct nat_range *r, enum nat_manip manip)
{
	struct ipaddr *a = manip == NAT_MANIP_SRC ? &t->src : &t->dst;
	uint32_t src, dst, hash;
	be32 net;

	if (!(r->flags & NF_NAT_MAP_IPS))
		return;
	if (r->min_addr == r->max_addr) {
		*a = ip4(r->min_addr);
		return;
	}
	net = put32(t->src.v4); /* the kernel hashes the bytes as they are on the wire, in its own order */
	memcpy(&src, &net, 4);
	net = put32(t->dst.v4);
	memcpy(&dst, &net, 4);
	hash = jhash_addr(src, r->flags & NF_NAT_PERSISTENT ? 0 : dst);
	*a = ip4(r->min_addr + (uint32_t)(((uint64_t)hash * (r->max_addr - r->min_addr + 1)) >> 32));
}

/* From where and how far ports or ids are tried; false: there is nothing to try. */
static bool proto_span(const struct ct_tuple *t, uint16_t now, const struct nat_range *r, enum nat_manip manip,
	uint32_t *min, uint32_t *size)
{
	uint32_t max;

	if (r->flags & NF_NAT_PROTO_SPECIFIED) {
		*min = r->min_proto < r->max_proto ? r->min_proto : r->max_proto;
		max = r->min_proto < r->max_proto ? r->max_proto : r->min_proto;
	} else if (t->protocol == IPPROTO_ICMP_) {
		*min = 0;
		max = 65535;
	} else if (manip == NAT_MANIP_DST) {
		return false;
	} else if (now < 512) {
		*min = 1;
		max = 511;
	} else if (now < 1024) {
		*min = 600;
		max = 1023;
	} else {
		*min = 1024;
		max = 65535;
	}
	*size = max - *min + 1;
	return true;
}

static void note_drawn(struct net *net, const struct ct_tuple *t, uint16_t port, uint32_t min, uint32_t size)
{
	if (t->protocol == IPPROTO_ICMP_)
		return;
	if (!(net->n_drawn & (net->n_drawn - 1)))
		net->drawn = xrealloc(net->drawn, (net->n_drawn ? 2 * net->n_drawn : 1) * sizeof(*net->drawn));
	net->drawn[net->n_drawn++] = (struct drawn_port){
		.protocol = t->protocol, .port = port, .min = (uint16_t)min, .max = (uint16_t)(min + size - 1)
	};
}

/* nf_nat_l4proto_unique_tuple() */
static void unique_proto(
	struct sim *s, struct ct_tuple *t, const struct nat_range *r, enum nat_manip manip, const struct ct *ct)
{
	uint16_t *key = proto_part(t, manip), off = 0;
	uint32_t min, size, attempts;
	bool random = (r->flags & NAT_RANDOM_ALL) || manip != NAT_MANIP_DST;

	if (!key || !proto_span(t, *key, r, manip, &min, &size))
		return;
	if (random)
		off = (uint16_t)net_random(s->net);
	for (attempts = size < NAT_MAX_ATTEMPTS ? size : NAT_MAX_ATTEMPTS;; attempts /= 2) {
		for (uint32_t i = 0; i < attempts; i++, off++) {
			*key = (uint16_t)(min + off % size);
			if (!used_tuple_harder(s, t, ct, attempts - i)) {
				attempts = 0;
				break;
			}
		}
		if (!attempts || attempts >= size || attempts < 16)
			break; /* found; or none is free: the packet will be dropped when it is confirmed */
		off = (uint16_t)net_random(s->net);
		random = true;
	}
	if (random)
		note_drawn(s->net, t, *key, min, size);
}

/* get_unique_tuple() */
static void get_unique_tuple(struct sim *s, struct ct_tuple *t, const struct ct_tuple *orig, const struct nat_range *r,
	const struct ct *ct, enum nat_manip manip)
{
	if (manip == NAT_MANIP_SRC && !(r->flags & NAT_RANDOM_ALL)) {
		if (in_range(orig, r)) {
			*t = *orig;
			if (!used_tuple(s, orig, ct))
				return;
		} else if (find_appropriate_src(ct, orig, t, r) && !used_tuple(s, t, ct)) {
			return;
		}
	}
	*t = *orig;
	find_best_ips(t, r, manip);
	if (!(r->flags & NAT_RANDOM_ALL)) {
		if (!(r->flags & NF_NAT_PROTO_SPECIFIED)) {
			if (!used_tuple(s, t, ct))
				return;
		} else if (proto_in_range(*t, manip, r) && (r->min_proto == r->max_proto || !used_tuple(s, t, ct))) {
			return;
		}
	}
	unique_proto(s, t, r, manip, ct);
}

/* ---- bindings ---- */

static bool initialized(const struct ct *ct, enum nat_manip manip) /* nf_nat_initialized() */
{
	return ct->status & (manip == NAT_MANIP_SRC ? CTS_SRC_NAT_DONE : CTS_DST_NAT_DONE);
}

int nf_nat_setup_info(struct sim *s, struct ct *ct, const struct nat_range *range, enum nat_manip manip)
{
	struct ct_tuple now, new;

	if ((ct->status & CTS_CONFIRMED) || !ct->table)
		return NFV_ACCEPT;
	if (initialized(ct, manip))
		return NFV_DROP;
	if (!ct_tuple_invert(&now, &ct->tuple[CT_REPLY]))
		return NFV_DROP;
	get_unique_tuple(s, &new, &now, range, ct, manip);
	if (!ct_tuple_eq(&new, &now)) {
		struct ct_tuple reply;

		if (!ct_tuple_invert(&reply, &new))
			return NFV_DROP;
		ct->tuple[CT_REPLY] = reply;
		ct->status |= manip == NAT_MANIP_SRC ? CTS_SRC_NAT : CTS_DST_NAT;
	}
	ct->status |= manip == NAT_MANIP_SRC ? CTS_SRC_NAT_DONE : CTS_DST_NAT_DONE;
	return NFV_ACCEPT;
}

/* nf_nat_alloc_null_binding() */
static int null_binding(struct sim *s, struct ct *ct, enum nat_manip manip)
{
	uint32_t a = manip == NAT_MANIP_SRC ? ct->tuple[CT_REPLY].dst.v4 : ct->tuple[CT_REPLY].src.v4;
	struct nat_range r = { .flags = NF_NAT_MAP_IPS, .min_addr = a, .max_addr = a };

	return nf_nat_setup_info(s, ct, &r, manip);
}

/* nf_nat_masquerade_ipv4() */
int nf_nat_masquerade(struct sim *s, struct nf_state *st, struct packet *p, const struct nat_range *range)
{
	const struct ip4_hdr *ip = packet_ip4(p);
	struct nat_range r = *range;
	struct ipaddr nexthop, src;

	if (!p->ct->tuple[CT_ORIGINAL].src.v4 || !ip)
		return NFV_ACCEPT;
	nexthop = p->dst.gateway.family == IP_V4 ? p->dst.gateway : ip4(get32(ip->daddr));
	src = fib_select_addr(st->ns, st->out, &nexthop, SCOPE_UNIVERSE);
	if (src.family != IP_V4 || !src.v4)
		return nf_state_drop(st, ST_NF_NAT, "no address to masquerade with", 0);
	p->ct->masq_dev = st->out;
	r.flags |= NF_NAT_MAP_IPS;
	r.min_addr = r.max_addr = src.v4;
	return nf_nat_setup_info(s, p->ct, &r, NAT_MANIP_SRC);
}

/* nf_nat_redirect_ipv4(): to this host itself. */
int nf_nat_redirect(struct sim *s, struct nf_state *st, struct packet *p, const struct nat_range *range)
{
	struct nat_range r = *range;
	uint32_t dst = 0x7f000001; /* 127.0.0.1 */

	if (st->hook != NF_LOCAL_OUT) {
		if (!st->in || list_empty(&st->in->addrs))
			return nf_state_drop(st, ST_NF_NAT, "the device has no address to redirect to", 0);
		dst = list_entry(st->in->addrs.next, struct ifaddr, node)->local.v4;
	}
	r.flags |= NF_NAT_MAP_IPS;
	r.min_addr = r.max_addr = dst;
	return nf_nat_setup_info(s, p->ct, &r, NAT_MANIP_DST);
}

/* ---- the hooks ---- */

/* The rules for the first packet of a flow, or the null binding. */
static int bind_first(
	struct sim *s, struct nf_state *st, struct nf_hook_steps *steps, struct packet *p, enum nat_manip manip)
{
	for (unsigned i = 0; i < steps->n_nat; i++) {
		int verdict = nft_do_chain(s, st, steps->nat[i], p);

		if (verdict != NFV_ACCEPT || initialized(p->ct, manip))
			return verdict;
	}
	if (null_binding(s, p->ct, manip) != NFV_ACCEPT)
		return nf_state_drop(st, ST_NF_NAT, NULL, 0);
	return NFV_ACCEPT;
}

/* nf_nat_oif_changed(): a masqueraded flow that now leaves by another device has no future. */
static bool oif_changed(const struct nf_state *st, const struct packet *p)
{
	return st->hook == NF_POST_ROUTING && p->ct->masq_dev && ct_info_dir(p->ct_info) == CT_ORIGINAL &&
	       p->ct->masq_dev != st->out;
}

/* nf_nat_ipv4_fn(), nf_nat_inet_fn() */
static int nat_fn(struct sim *s, struct nf_state *st, struct nf_hook_steps *steps, struct packet *p)
{
	enum nat_manip manip = nf_hook_manip(st->hook);
	const struct ip4_hdr *ip = packet_ip4(p);
	bool related = p->ct_info == CT_RELATED || p->ct_info == CT_RELATED_REPLY;

	if (related && ip->protocol == IPPROTO_ICMP_)
		return nf_nat_icmp_reply(s, st, p);
	if ((related || p->ct_info == CT_NEW) && !initialized(p->ct, manip)) {
		int verdict = bind_first(s, st, steps, p, manip);

		if (verdict != NFV_ACCEPT)
			return verdict;
	} else if (oif_changed(st, p)) {
		nf_ct_kill(s, p->ct);
		return nf_state_drop(st, ST_NF_NAT, "masqueraded for another device", 0);
	}
	return nf_nat_packet(s, st, p);
}

int nf_nat_fn(struct sim *s, struct nf_state *st, struct nf_hook_steps *steps, struct packet *p)
{
	const struct ip4_hdr *ip = packet_ip4(p);
	uint32_t daddr;
	enum ct_dir dir;
	int verdict, err;

	if (!p->ct || !ip)
		return NFV_ACCEPT;
	daddr = get32(ip->daddr);
	verdict = nat_fn(s, st, steps, p);
	if (verdict != NFV_ACCEPT)
		return verdict;
	if (st->hook == NF_PRE_ROUTING && get32(packet_ip4(p)->daddr) != daddr)
		p->dst = (struct dst){ 0 };
	dir = ct_info_dir(p->ct_info);
	if (st->hook == NF_LOCAL_OUT && p->ct->tuple[dir].dst.v4 != p->ct->tuple[!dir].src.v4) {
		err = ip_route_me_harder(s, st->ns, p->sock, p);
		if (err < 0)
			return nf_state_drop(st, ST_IP_ME_HARDER, NULL, err);
	}
	return NFV_ACCEPT;
}

/* ---- devices and addresses that go: nf_nat_masquerade.c ---- */

void nf_dev_down(struct sim *s, struct dev *dev)
{
	struct nf *nf = dev->ns->nf;

	if (!nf)
		return;
	list_for_each_safe (ct, &nf->ct.all, struct ct, all) {
		if (ct->masq_dev == dev)
			nf_ct_kill(s, ct);
	}
}

void nf_addr_gone(struct sim *s, struct dev *dev, const struct ipaddr *a)
{
	struct nf *nf = dev->ns->nf;

	if (!nf)
		return;
	list_for_each_safe (ct, &nf->ct.all, struct ct, all) {
		if (ct->masq_dev == dev && ip_eq(&ct->tuple[CT_REPLY].dst, a))
			nf_ct_kill(s, ct);
	}
}
