/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sockets: life, addresses and ports, what waits in them (net/ipv4/af_inet.c, inet_connection_sock.c, udp.c,
 * datagram.c).
 *
 * Theory of operation. All sockets of a namespace are on one list; those with a local port also in a table by
 * protocol and port, where binding looks for conflicts and UDP and listeners are found; TCP connections also in a
 * table by both ends. Programs are never called from here: sock_wake() only tells the process (sim/proc.c), which
 * handles it when the work at hand is done, as a woken process does.
 * Not modelled: memory pressure, the socket locks (a system call runs undisturbed; see tcp.owned). */
#include "sim/sock.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sim/sys.h"

#define DGRAM_SMALL 2048u   /* bytes of the common size class */
#define DGRAM_OVERHEAD 768u /* what SKB_TRUESIZE() adds to a small packet */
#define LOOPBACK 0x7f000001U
#define PORT_FIRST 32768u /* net.ipv4.ip_local_port_range */
#define PORT_LAST 60999u

static struct sockets *sockets_of(struct ns *ns)
{
	if (!ns->socks) {
		ns->socks = xcalloc(1, sizeof(*ns->socks));
		list_init(&ns->socks->all);
	}
	return ns->socks;
}

struct sock *sock_new(struct sim *s, struct ns *ns, enum sys_sock kind)
{
	struct sockets *ss = sockets_of(ns);
	struct sock *sk = xcalloc(1, sizeof(*sk));

	sk->id = ++s->next_sock;
	sk->ns = ns;
	sk->proto = kind == SYS_TCP ? &proto_tcp : kind == SYS_UDP ? &proto_udp : &proto_raw;
	sk->pmtudisc = ns->sysctl[NSC_IP_NO_PMTU_DISC] ? PMTUDISC_DONT : PMTUDISC_WANT;
	sk->fd = -1;
	sk->sndbuf = SOCK_SNDBUF;
	ss->raw += kind == SYS_RAW_ICMP;
	list_add_tail(&ss->all, &sk->node);
	htab_add(&s->sock_by_id, &sk->by_id, hash_mix(1, sk->id));
	return sk;
}

struct sock *sock_find(const struct sim *s, uint32_t id)
{
	for (struct hnode *n = htab_first(&s->sock_by_id, hash_mix(1, id)); n; n = htab_next(n)) {
		struct sock *sk = container_of(n, struct sock, by_id);

		if (sk->id == id)
			return sk;
	}
	return NULL;
}

/* ---- queues ---- */

static struct dgram *dgram_new(struct sockets *ss, uint32_t size)
{
	struct dgram *d = ss->free;

	if (size <= DGRAM_SMALL && d) {
		ss->free = d->next;
	} else {
		size = size < DGRAM_SMALL ? DGRAM_SMALL : size;
		d = xmalloc(sizeof(*d) + size);
		d->msg.cap = size;
	}
	d->msg = (struct sys_msg){ .data = d->bytes, .cap = d->msg.cap };
	d->next = NULL;
	return d;
}

static void dgram_put(struct sockets *ss, struct dgram *d)
{
	if (d->msg.cap != DGRAM_SMALL) {
		free(d);
		return;
	}
	d->next = ss->free;
	ss->free = d;
}

static void dgrams_push(struct dgrams *q, struct dgram *d)
{
	if (q->tail)
		q->tail->next = d;
	else
		q->head = d;
	q->tail = d;
}

static struct dgram *dgrams_pop(struct dgrams *q)
{
	struct dgram *d = q->head;

	if (d) {
		q->head = d->next;
		if (!q->head)
			q->tail = NULL;
	}
	return d;
}

static void dgrams_purge(struct sockets *ss, struct dgrams *q)
{
	struct dgram *d;

	while ((d = dgrams_pop(q)))
		dgram_put(ss, d);
}

bool sock_queue(
	struct sim *s, struct sock *sk, const void *data, uint32_t size, uint32_t from, uint16_t port, uint8_t ttl)
{
	struct dgram *d;

	if (sk->queued > SOCK_RCVBUF)
		return false;
	d = dgram_new(sk->ns->socks, size);
	if (size)
		memcpy(d->bytes, data, size);
	d->msg.size = size;
	d->msg.from = (struct sys_addr){ ip4(from), port };
	d->msg.ttl = ttl;
	sk->queued += size + DGRAM_OVERHEAD;
	dgrams_push(&sk->queue, d);
	sock_wake(s, sk, PROG_READABLE);
	return true;
}

/* sock_queue_err_skb() */
void sock_queue_error(struct sim *s, struct sock *sk, const struct sys_msg *m, const void *data, uint32_t size)
{
	struct dgram *d = dgram_new(sk->ns->socks, size);
	uint32_t cap = d->msg.cap;

	d->msg = *m;
	d->msg.data = d->bytes;
	d->msg.cap = cap;
	d->msg.size = size;
	if (size)
		memcpy(d->bytes, data, size);
	dgrams_push(&sk->errors, d);
	sock_wake(s, sk, PROG_ERROR);
}

/* Hands d out to the caller's buffer; the size of what is there, as MSG_TRUNC says it. */
static long dgram_give(struct sockets *ss, struct dgram *d, struct sys_msg *m)
{
	uint8_t *data = m->data;
	uint32_t cap = m->cap, n = d->msg.size < cap ? d->msg.size : cap;

	if (n)
		memcpy(data, d->bytes, n);
	*m = d->msg;
	m->data = data;
	m->cap = cap;
	dgram_put(ss, d);
	return n;
}

long sock_recv_dgram(struct sim *s, struct sock *sk, struct sys_msg *m)
{
	struct dgram *d;

	(void)s;
	if (sk->err)
		return -sock_take_error(sk);
	d = dgrams_pop(&sk->queue);
	if (!d)
		return -EAGAIN;
	sk->queued -= d->msg.size + DGRAM_OVERHEAD;
	return dgram_give(sk->ns->socks, d, m);
}

/* sock_dequeue_err_skb(): the pending error follows what is still in the queue. */
long sock_recverr(struct sim *s, struct sock *sk, struct sys_msg *m)
{
	struct dgram *d = dgrams_pop(&sk->errors), *next = sk->errors.head;
	bool next_icmp = next && next->msg.ee_origin == 2;

	if (!d)
		return -EAGAIN;
	if (next_icmp)
		sk->err = next->msg.ee_errno;
	else if (d->msg.ee_origin == 2)
		sk->err = 0;
	if (next)
		sock_wake(s, sk, PROG_ERROR);
	return dgram_give(sk->ns->socks, d, m);
}

int sock_take_error(struct sock *sk)
{
	int err = sk->err;

	sk->err = 0;
	return err;
}

void sock_wake(struct sim *s, struct sock *sk, enum prog_event ev)
{
	if (sk->wake)
		sk->wake(s, sk, ev);
}

void sock_report_error(struct sim *s, struct sock *sk, int err)
{
	sk->err = err;
	sock_wake(s, sk, PROG_READABLE);
}

/* ---- ports ---- */

static uint32_t port_hash(const struct proto *proto, uint16_t port)
{
	return hash_mix(hash_mix(4, proto->protocol), port);
}

void sock_hash_port(struct sock *sk)
{
	htab_add(&sk->ns->socks->by_port, &sk->by_port, port_hash(sk->proto, sk->sport));
	sk->port_bound = true;
}

void sock_unhash_port(struct sock *sk)
{
	if (sk->port_bound)
		htab_del(&sk->ns->socks->by_port, &sk->by_port);
	sk->port_bound = false;
}

static struct sock *port_match(struct hnode *n, const struct proto *proto, uint16_t port)
{
	for (; n; n = htab_next(n)) {
		struct sock *sk = container_of(n, struct sock, by_port);

		if (sk->proto == proto && sk->sport == port)
			return sk;
	}
	return NULL;
}

struct sock *sock_by_port(const struct ns *ns, const struct proto *proto, uint16_t port)
{
	return ns->socks ? port_match(htab_first(&ns->socks->by_port, port_hash(proto, port)), proto, port) : NULL;
}

struct sock *sock_next_port(const struct sock *sk)
{
	return port_match(htab_next(&sk->by_port), sk->proto, sk->sport);
}

/* udp_lib_lport_inuse(), inet_csk_bind_conflict() */
static bool port_conflict(const struct sock *sk, uint16_t port)
{
	for (struct sock *o = sock_by_port(sk->ns, sk->proto, port); o; o = sock_next_port(o)) {
		if (sk->bound_if && o->bound_if && sk->bound_if != o->bound_if)
			continue;
		if (sk->rcv_saddr && o->rcv_saddr && sk->rcv_saddr != o->rcv_saddr)
			continue;
		if (sk->reuseport && o->reuseport)
			continue;
		if (!sk->reuseaddr || !o->reuseaddr || tcp_is_listening(o))
			return true;
	}
	return false;
}

/* A free port of net.ipv4.ip_local_port_range: connect() of TCP takes the even ones first, as inet_hash_connect(). */
int sock_autobind(struct sim *s, struct sock *sk)
{
	unsigned step = sk->proto == &proto_tcp ? 2 : 1, n = PORT_LAST - PORT_FIRST + 1;

	if (sk->sport)
		return 0;
	if (!s->next_port)
		s->next_port = (uint16_t)(PORT_FIRST + net_random(s->net) % n);
	for (unsigned i = 0; i < n; i++) {
		uint16_t port = s->next_port;

		if (step == 2)
			port &= 0xfffe;
		if (i >= n / 2 && step == 2)
			port |= 1;
		s->next_port = (uint16_t)(port + step > PORT_LAST ? PORT_FIRST : port + step);
		if (sock_by_port(sk->ns, sk->proto, port))
			continue;
		sk->sport = port;
		sock_hash_port(sk);
		return 0;
	}
	return step == 2 ? -EADDRNOTAVAIL : -EAGAIN;
}

/* ---- addresses ---- */

/* __inet_bind(), raw_bind() */
int sock_bind(struct sim *s, struct sock *sk, const struct sys_addr *a)
{
	uint32_t addr = a->ip.family == IP_V4 ? a->ip.v4 : 0;
	uint8_t type = addr ? fib_addr_type(sk->ns, &a->ip) : RTN_LOCAL_;

	if (a->ip.family == IP_V6)
		return -EAFNOSUPPORT;
	if (type != RTN_LOCAL_ && type != RTN_MULTICAST_ && type != RTN_BROADCAST_ &&
		!sk->ns->sysctl[NSC_IP_NONLOCAL_BIND])
		return -EADDRNOTAVAIL;
	if (sk->connected || sk->port_bound)
		return -EINVAL;
	sk->rcv_saddr = addr;
	sk->saddr = type == RTN_MULTICAST_ || type == RTN_BROADCAST_ ? 0 : addr;
	if (sk->proto == &proto_raw)
		return 0;
	if (!a->port)
		return sock_autobind(s, sk) ? -EADDRINUSE : 0;
	if (port_conflict(sk, a->port)) {
		sk->saddr = sk->rcv_saddr = 0;
		return -EADDRINUSE;
	}
	sk->sport = a->port;
	sock_hash_port(sk);
	return 0;
}

int sock_bind_device(struct sock *sk, const char *name)
{
	struct dev *dev = *name ? dev_find(sk->ns, name) : NULL;

	if (*name && !dev)
		return -ENODEV;
	sk->bound_if = dev ? dev->ifindex : 0;
	return 0;
}

struct dev *sock_device(const struct sock *sk, int *err)
{
	struct dev *dev = sk->bound_if ? dev_find_index(sk->ns, sk->bound_if) : NULL;

	*err = sk->bound_if && !dev ? -ENODEV : 0;
	return dev;
}

bool sock_dev_ok(const struct sock *sk, const struct packet *p)
{
	/* inet_iif() */
	int iif = p->dst.iif ? p->dst.iif : p->dev ? p->dev->ifindex : 0;

	return !sk->bound_if || iif == sk->bound_if;
}

int sock_route(struct sim *s, struct sock *sk, const struct packet *p, uint32_t daddr, uint32_t saddr, struct dst *d)
{
	struct ipaddr dst = ip4(daddr), src = saddr ? ip4(saddr) : (struct ipaddr){ .family = IP_NONE };
	int err;
	struct dev *oif = sock_device(sk, &err);

	return err ? err : ip_route_output(s, sk->ns, p, &dst, &src, oif, sk->tos, sk->mark, d);
}

/* Shows why a connect() fails, in a packet that never was. */
static void trace_no_route(struct sim *s, struct sock *sk, uint32_t daddr, enum stage st)
{
	struct packet *p;
	struct dst d;

	if (!s->tracing)
		return;
	p = sim_packet(s, 0);
	p->sock = sk->id;
	p->local = true;
	p->dev = sk->ns->lo;
	sock_route(s, sk, p, daddr, sk->saddr, &d);
	sim_drop(s, p, DROP_IP_OUTNOROUTES, st, "connect", 0);
}

/* ip_route_connect() */
int sock_route_connect(struct sim *s, struct sock *sk, uint32_t *daddr, struct dst *d, enum stage st)
{
	uint32_t saddr = sk->saddr;
	int err;

	if (!*daddr)
		*daddr = saddr ? saddr : LOOPBACK;
	err = sock_route(s, sk, NULL, *daddr, saddr, d);
	if (!err && !saddr)
		err = sock_route(s, sk, NULL, *daddr, d->prefsrc.v4, d);
	if (err)
		trace_no_route(s, sk, *daddr, st);
	return err;
}

int sock_connect(struct sim *s, struct sock *sk, const struct sys_addr *a)
{
	if (a->ip.family != IP_V4)
		return -EAFNOSUPPORT;
	return sk->proto->connect(s, sk, a->ip.v4, a->port);
}

int sock_setopt(struct sock *sk, enum sys_opt opt, int value)
{
	switch (opt) {
	case SYS_TTL:
		if (value != -1 && (value < 1 || value > 255))
			return -EINVAL;
		sk->ttl = (uint8_t)(value == -1 ? 0 : value);
		break;
	case SYS_TOS:
		sk->tos = (uint8_t)value;
		break;
	case SYS_MARK:
		sk->mark = (uint32_t)value;
		break;
	case SYS_BROADCAST:
		sk->broadcast = value;
		break;
	case SYS_PMTUDISC:
		if (value < PMTUDISC_DONT || value > PMTUDISC_PROBE)
			bug("IP_MTU_DISCOVER %d is not modelled", value);
		sk->pmtudisc = (uint8_t)value;
		break;
	case SYS_RECVERR:
		sk->recverr = value;
		if (!value && sk->ns->socks)
			dgrams_purge(sk->ns->socks, &sk->errors);
		break;
	case SYS_REUSEADDR:
		sk->reuseaddr = value;
		break;
	case SYS_REUSEPORT:
		sk->reuseport = value;
		break;
	case SYS_ICMP_FILTER:
		if (sk->proto != &proto_raw)
			return -EOPNOTSUPP;
		sk->icmp_filter = (uint32_t)value;
		break;
	case SYS_SNDBUF: /* sk_setsockopt(), __sock_set_sndbuf() */
		sk->sndbuf = value > (int)SOCK_SNDBUF ? 2 * SOCK_SNDBUF : value > 0 ? 2 * (uint32_t)value : 0;
		if (sk->sndbuf < SOCK_MIN_SNDBUF)
			sk->sndbuf = SOCK_MIN_SNDBUF;
		break;
	case SYS_RCVTOS:
		break;
	}
	return 0;
}

long sock_send(struct sim *s, struct sock *sk, const void *data, uint32_t size, const struct sys_addr *to, bool confirm)
{
	if (to && to->ip.family != IP_V4)
		return -EAFNOSUPPORT;
	return sk->proto->send(s, sk, data, size, to, confirm);
}

long sock_recv(struct sim *s, struct sock *sk, struct sys_msg *m)
{
	return sk->proto->recv(s, sk, m);
}

/* ---- what leaves ---- */

/* ip_sk_use_pmtu() */
uint32_t sock_mtu(const struct sock *sk, const struct dst *d)
{
	return sk->pmtudisc < PMTUDISC_PROBE ? d->mtu : d->dev->mtu;
}

/* __ip_make_skb(), ip_dont_fragment() */
bool sock_df(const struct sock *sk, const struct dst *d, uint32_t size)
{
	if (sk->pmtudisc == PMTUDISC_DO || sk->pmtudisc == PMTUDISC_PROBE)
		return true;
	return size <= d->mtu && sk->pmtudisc == PMTUDISC_WANT && !d->mtu_locked;
}

void sock_wmem_add(struct sim *s, const struct packet *p)
{
	struct sock *sk = p->sock ? sock_find(s, p->sock) : NULL;

	if (sk)
		sk->wmem += sim_truesize(p->len);
}

void sock_wmem_sub(struct sim *s, const struct packet *p)
{
	struct sock *sk = p->sock ? sock_find(s, p->sock) : NULL;

	if (sk)
		sk->wmem -= sim_truesize(p->len);
}

/* Each fragment is a buffer, and all of them are made before the first is sent: __ip_append_data(). For the last of
 * them there has to be room beside the others and what waits since earlier calls (sk_wmem_alloc, which begins at 1). */
static bool has_room(const struct sock *sk, uint32_t size, uint32_t mtu)
{
	uint32_t header = sizeof(struct ip4_hdr), payload = (mtu - header) & ~7u;
	uint64_t before = size <= mtu ? 0 : (size - header - 1) / payload;

	return before * sim_truesize(header + payload) + sk->wmem + 1 <= 2ull * sk->sndbuf;
}

/* The checks of size of __ip_append_data() */
int sock_check_size(struct sim *s, struct sock *sk, const struct dst *d, uint32_t daddr, uint16_t dport, uint32_t size)
{
	uint32_t mtu = sock_mtu(sk, d);
	bool ignore_df = sk->pmtudisc < PMTUDISC_DO;
	struct sys_msg m = { .from = { ip4(daddr), dport }, .ee_errno = EMSGSIZE, .ee_origin = 1, .ee_info = mtu };

	if (mtu < IP4_MIN_MTU) /* ip_setup_cork() */
		return -ENETUNREACH;
	if (size <= (ignore_df ? 0xffff : mtu))
		return has_room(sk, size, mtu) ? 0 : -ENOBUFS;
	if (sk->recverr)
		sock_queue_error(s, sk, &m, NULL, 0);
	return -EMSGSIZE;
}

int sock_drop_size(struct sim *s, struct packet *p, enum stage st, int err)
{
	if (err == -ENOBUFS)
		return sim_drop(
			s, p, DROP_NOT_SPECIFIED, st, "its fragments have no room in the socket's send buffer", err);
	if (err == -ENETUNREACH)
		return sim_drop(s, p, DROP_NOT_SPECIFIED, st, "the MTU is too small for IP", err);
	return sim_drop(s, p, DROP_PKT_TOO_BIG, st, NULL, err);
}

void sock_send_event(struct sim *s, const struct packet *p, const struct ns *ns, enum stage st,
	const struct proto *proto, const struct send_info *i)
{
	bool ports = proto != &proto_raw;

	sim_event_at(s, p, ns, NULL, EV_SEND, st, VAL_STR(i->program), VAL_STR(proto->name),
		i->saddr ? VAL_ADDR(ip4(i->saddr)) : VAL_NONE, ports ? VAL_U32(i->sport) : VAL_NONE,
		VAL_ADDR(ip4(i->daddr)), ports ? VAL_U32(i->dport) : VAL_NONE, VAL_STR(i->info), VAL_U32(i->size));
}

/* ---- the end ---- */

void sock_free(struct sim *s, struct sock *sk)
{
	struct sockets *ss = sk->ns->socks;

	if (sk->proto->destroy)
		sk->proto->destroy(s, sk);
	sock_unhash_port(sk);
	dgrams_purge(ss, &sk->queue);
	dgrams_purge(ss, &sk->errors);
	ss->raw -= sk->proto == &proto_raw;
	list_del(&sk->node);
	htab_del(&s->sock_by_id, &sk->by_id);
	if (!s->sock_by_id.n)
		htab_release(&s->sock_by_id);
	free(sk);
}

void sock_close_dgram(struct sim *s, struct sock *sk)
{
	sock_free(s, sk);
}

void sock_close(struct sim *s, struct sock *sk)
{
	sk->wake = NULL;
	sk->gone = NULL;
	sk->owner = NULL;
	sk->proto->close(s, sk);
}

void sockets_free(struct sim *s, struct ns *ns)
{
	struct sockets *ss = ns->socks;

	procs_ns_gone(s, ns);
	if (!ss)
		return;
	list_for_each_safe (sk, &ss->all, struct sock, node) {
		if (sk->gone)
			sk->gone(sk);
		sock_free(s, sk);
	}
	while (ss->free) {
		struct dgram *d = ss->free;

		ss->free = d->next;
		free(d);
	}
	tcp_segments_free(ss);
	htab_release(&ss->by_port);
	htab_release(&ss->by_pair);
	free(ss);
	ns->socks = NULL;
}
