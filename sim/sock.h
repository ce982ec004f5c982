/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sockets of the model: what struct sock, inet_sock and the tables of inet_hashtables.c are in the kernel. Each
 * protocol is a table of functions (struct proto); sim/sys.c calls the sock_* functions for programs, the stages of
 * sim/sim.h call in from below.
 *
 * Ownership: a namespace owns its sockets (ns->socks). A program holds a socket until sock_close(); a TCP socket
 * lives on after that as long as its connection does. */
#ifndef SIM_SOCK_H
#define SIM_SOCK_H

#include "model/prog.h"
#include "sim/sim.h"

enum {
	PMTUDISC_DONT,
	PMTUDISC_WANT,
	PMTUDISC_DO,
	PMTUDISC_PROBE
};                          /* IP_PMTUDISC_*; INTERFACE and OMIT, which no program here asks for, are not modelled */
#define SOCK_RCVBUF 212992u /* net.core.rmem_default */
#define SOCK_SNDBUF 212992u /* net.core.wmem_default, wmem_max */
#define SOCK_MIN_SNDBUF 4608u

struct tcp;
struct sock;

/* One datagram that waits to be received, or one entry of an error queue. */
struct dgram {
	struct dgram *next;
	struct sys_msg msg; /* data, cap: its own */
	uint8_t bytes[];
};
struct dgrams {
	struct dgram *head, *tail;
};

struct proto {
	const char *name;
	uint8_t protocol;
	int (*connect)(struct sim *s, struct sock *sk, uint32_t daddr, uint16_t dport);
	long (*send)(struct sim *s, struct sock *sk, const void *data, uint32_t size, const struct sys_addr *to,
		bool confirm);
	long (*recv)(struct sim *s, struct sock *sk, struct sys_msg *m);
	void (*close)(struct sim *s, struct sock *sk);   /* ends in sock_free(), now or later */
	void (*destroy)(struct sim *s, struct sock *sk); /* what it keeps, without a packet; NULL = nothing */
};
extern const struct proto proto_tcp, proto_udp, proto_raw;

struct sock {
	uint32_t id; /* never 0, never used twice */
	struct ns *ns;
	const struct proto *proto;
	uint32_t saddr, rcv_saddr, daddr; /* host order; 0 = any */
	uint16_t sport, dport;
	bool connected;             /* TCP_ESTABLISHED of a datagram socket */
	int bound_if;               /* SO_BINDTODEVICE; 0 = none */
	uint8_t ttl, tos, pmtudisc; /* ttl 0 = default */
	bool broadcast, recverr, reuseaddr, reuseport, port_bound;
	uint32_t mark, icmp_filter;
	int err; /* sk_err, positive */
	struct dgrams queue, errors;
	uint32_t queued; /* bytes in queue, with their overhead */
	uint32_t sndbuf; /* sk_sndbuf */
	uint32_t wmem;   /* sk_wmem_alloc: of what waits for a neighbour's address */
	struct tcp *tcp;
	/* The program that holds it: told of events, never from inside a call of its own. NULL = nobody. */
	void (*wake)(struct sim *s, struct sock *sk, enum prog_event ev);
	void (*gone)(struct sock *sk); /* the socket ends under its program: the namespace is no more */
	void *owner;
	int fd;
	char program[32];     /* for the trace */
	struct list node;     /* of sockets->all */
	struct hnode by_id;   /* sim->sock_by_id */
	struct hnode by_port; /* sockets->by_port, while sport is set */
	struct hnode by_pair; /* sockets->by_pair, TCP with a peer */
};

struct sockets { /* of a namespace */
	struct list all;
	struct htab by_port, by_pair;
	uint32_t raw; /* how many raw sockets there are */
	struct dgram *free;
	struct segment *free_segment;
};

/* ---- for sim/sys.c: as the system calls; 0, a count, or a negative errno ---- */
struct sock *sock_new(struct sim *s, struct ns *ns, enum sys_sock kind);
void sock_close(struct sim *s, struct sock *sk);
int sock_bind(struct sim *s, struct sock *sk, const struct sys_addr *a);
int sock_bind_device(struct sock *sk, const char *name);
int sock_connect(struct sim *s, struct sock *sk, const struct sys_addr *a);
int sock_setopt(struct sock *sk, enum sys_opt opt, int value);
long sock_send(
	struct sim *s, struct sock *sk, const void *data, uint32_t size, const struct sys_addr *to, bool confirm);
long sock_recv(struct sim *s, struct sock *sk, struct sys_msg *m);
long sock_recverr(struct sim *s, struct sock *sk, struct sys_msg *m);
int sock_take_error(struct sock *sk); /* SO_ERROR */
int tcp_listen(struct sim *s, struct sock *sk, int backlog);
struct sock *tcp_accept(struct sim *s, struct sock *sk); /* NULL: none waits */
int tcp_shutdown(struct sim *s, struct sock *sk);
bool tcp_is_listening(const struct sock *sk);
bool tcp_is_connected(const struct sock *sk);
void tcp_segments_free(struct sockets *ss); /* those kept for reuse */

/* ---- for the protocols ---- */
struct sock *sock_find(const struct sim *s, uint32_t id); /* NULL = gone */
void sock_free(struct sim *s, struct sock *sk);           /* out of all tables, with its queues */
void sock_wake(struct sim *s, struct sock *sk, enum prog_event ev);
/* A packet of the socket's own (p->sock, which may be gone by now) waits below it; it waits no longer. */
void sock_wmem_add(struct sim *s, const struct packet *p);
void sock_wmem_sub(struct sim *s, const struct packet *p);
/* sk_err and its report: readers, writers and the error queue's reader are woken. */
void sock_report_error(struct sim *s, struct sock *sk, int err);
void sock_hash_port(struct sock *sk);
void sock_unhash_port(struct sock *sk);
/* The first socket with this local port, and the next; NULL = end. */
struct sock *sock_by_port(const struct ns *ns, const struct proto *proto, uint16_t port);
struct sock *sock_next_port(const struct sock *sk);
int sock_autobind(struct sim *s, struct sock *sk); /* 0, -EAGAIN, or -EADDRNOTAVAIL (TCP) */
/* The device that it is bound to; NULL with *err 0: none; with -ENODEV: it is gone. */
struct dev *sock_device(const struct sock *sk, int *err);
/* The route of a packet from saddr (0 = any) to daddr; p as in ip_route_output(). */
int sock_route(struct sim *s, struct sock *sk, const struct packet *p, uint32_t daddr, uint32_t saddr, struct dst *d);
/* The look-ups of connect(): first for the source, then for good. Records a failure in the trace. */
int sock_route_connect(struct sim *s, struct sock *sk, uint32_t *daddr, struct dst *d, enum stage st);
/* A packet that leaves through d: DF as the socket's PMTU discovery says, and whether it may be cut all the same. */
bool sock_df(const struct sock *sk, const struct dst *d, uint32_t size);
uint32_t sock_mtu(const struct sock *sk, const struct dst *d);
/* EMSGSIZE of a datagram of `size` bytes with its IP header, told to the error queue; ENOBUFS when its fragments have
 * no room in the send buffer; ENETUNREACH when the MTU is none for IP; 0 when it may go. */
int sock_check_size(struct sim *s, struct sock *sk, const struct dst *d, uint32_t daddr, uint16_t dport, uint32_t size);
/* What sock_check_size() gave an error for is not sent: drops p; returns err. */
int sock_drop_size(struct sim *s, struct packet *p, enum stage st, int err);
/* Whether a packet that came in by iif is for a socket bound like this one. */
bool sock_dev_ok(const struct sock *sk, const struct packet *p);
/* Queues a copy of size bytes; false when the receive buffer is full. */
bool sock_queue(
	struct sim *s, struct sock *sk, const void *data, uint32_t size, uint32_t from, uint16_t port, uint8_t ttl);
void sock_queue_error(struct sim *s, struct sock *sk, const struct sys_msg *m, const void *data, uint32_t size);
long sock_recv_dgram(struct sim *s, struct sock *sk, struct sys_msg *m);
void sock_close_dgram(struct sim *s, struct sock *sk);
/* The event at which a packet is born. */
struct send_info {
	const char *program, *info;
	uint32_t saddr, daddr;
	uint16_t sport, dport;
	uint32_t size; /* with the IP header */
};
void sock_send_event(struct sim *s, const struct packet *p, const struct ns *ns, enum stage st,
	const struct proto *proto, const struct send_info *i);

/* ---- ICMP errors: sim/sock_err.c asks each protocol ---- */
struct icmp_error {
	const struct packet *p; /* the error itself */
	const struct ip4_hdr *quoted;
	const uint8_t *l4; /* behind the quoted IP header */
	uint32_t l4_size;  /* 8 at least */
	uint8_t type, code;
	uint32_t info;
	struct ipaddr offender;
	int iif; /* lo for an error of this host itself */
	int err; /* the errno that it means; 0: none, it is a hint for routing alone */
	bool hard;
};
/* What it says of the route: another gateway, a path MTU (ipv4_sk_redirect(), ipv4_sk_update_pmtu()). Nobody's business
 * but the socket's: without one it is not looked at. */
void sock_icmp_hint(struct sim *s, const struct icmp_error *e);
void raw_icmp_error(struct sim *s, struct ns *ns, const struct icmp_error *e);
void udp_icmp_error(struct sim *s, struct ns *ns, const struct icmp_error *e);
void tcp_icmp_error(struct sim *s, struct ns *ns, const struct icmp_error *e);
/* ip_icmp_error(): the entry in the error queue of a socket with IP_RECVERR. */
void sock_icmp_queue(struct sim *s, struct sock *sk, const struct icmp_error *e, uint16_t port, const uint8_t *payload);

#endif
