/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside the generator of random labs: the picture of what a lab has built so far, chance, and how to append commands.
 *
 * Rules for times, which every recipe keeps. The model's commands take no time and the kernel's do, more of it on a
 * loaded machine; so no deadline of a command may come near a timer of the stack. Every device of a lab gets timers of
 * its own when it is made (gen_dev_timers()):
 * - a question without an answer fails after GEN_FAIL_MS at most; pings wait for GEN_WAIT, other programs likewise,
 *   several times as long, and well before TCP's first retransmission of a SYN at 1000 ms;
 * - what takes seconds by default (locktime, delay_first_probe_time) takes a minute or no time at all, so that it is
 *   never about to happen;
 * - pings follow each other at once (GEN_AT_ONCE) or at a distance at which all is over (GEN_APART);
 * - ICMP errors and redirects are not limited to a rate, but in labs with few packets.
 * No two ports of bridges are ever connected to a ring: a storm does not end in the kernel. */
#ifndef MODEL_GEN_LAB_H
#define MODEL_GEN_LAB_H

#include "model/buf.h"
#include "model/gen.h"

#define GEN_NSES 12
#define GEN_DEVS 48
#define GEN_ADDRS 64
#define GEN_NETS 24
#define GEN_SERVERS 6
#define GEN_CHAINS 4
#define GEN_RULES 24

#define GEN_FAIL_MS 150
#define GEN_WAIT "0.5"     /* s: a ping's -W, curl's -m with 0.1 less */
#define GEN_AT_ONCE "0.01" /* s between pings: all wait for the same answer */
#define GEN_APART "0.4"    /* s: what the first has set off is over */

enum gen_kind { GEN_LO, GEN_VETH, GEN_BRIDGE };
enum gen_theme { /* a lab keeps to a few of them */
	GEN_SHAPE,
	GEN_ADDR,
	GEN_ROUTE,
	GEN_NEIGH,
	GEN_LINK,
	GEN_BR,
	GEN_SYSCTL,
	GEN_FILTER,
	GEN_NAT,
	GEN_PING,
	GEN_TRANSPORT,
	GEN_SHOW,
	GEN_THEMES
};
struct gen_ns { /* [0] is the host */
	char name[12];
	bool alive;
	bool router;   /* forwards */
	bool firewall; /* has had a rule */
};
struct gen_dev {
	char name[16];
	unsigned ns;
	enum gen_kind kind;
	bool alive, up;
	int peer;   /* of a cable; else -1 */
	int master; /* the bridge that it is a port of; else -1 */
	int net;    /* index of the subnet on its segment; -1 = none yet */
	unsigned mtu;
	uint8_t mac; /* 02:00:00:00:00:mac; 0 = whatever was drawn */
};
struct gen_addr {
	bool alive;
	unsigned dev;
	uint32_t ip;
	unsigned len;
};
struct gen_net {
	uint32_t ip;
	unsigned len, hosts; /* hosts: addresses given out */
};
struct gen_server {
	unsigned ns;
	char proto; /* 't' nc, 'u' nc -u, 'h' a web server */
	unsigned port;
	bool talks; /* as soon as somebody is there */
};
struct gen_rule { /* a rule of iptables, as it stands behind -A: for -D, -C, -R */
	unsigned ns;
	const char *table;
	char chain[16];
	char *spec;
};
struct gen {
	uint64_t state; /* of the random numbers */
	struct buf *out;
	unsigned commands, ms; /* so far; ms: how long they take at worst */
	unsigned time_limit;   /* ms: what a lab may take at worst */
	unsigned retrans_ms, solicits;
	unsigned probes;        /* pings and the like so far */
	unsigned focus_ns;      /* see gen_focus() */
	int focus;              /* the address, or -1 */
	bool theme[GEN_THEMES]; /* this lab's own ones */
	bool redirects;         /* routers send them: few packets, far apart */
	bool learned;           /* somebody may have learned a path MTU: `ip route get` would not be modelled */
	bool br_nf;             /* br_netfilter is loaded */
	struct gen_ns ns[GEN_NSES];
	struct gen_dev dev[GEN_DEVS];
	struct gen_addr addr[GEN_ADDRS];
	struct gen_net net[GEN_NETS];
	struct gen_server server[GEN_SERVERS];
	struct gen_rule rule[GEN_RULES];
	unsigned nses, devs, addrs, nets, servers, rules;
	unsigned chains, macs, marks;
};
struct gen_recipe {
	const char *name;
	enum gen_theme theme;
	unsigned weight;
	bool (*fn)(struct gen *g); /* false: nothing was appended, there is no place for it */
};

/* ---- chance: gen.c. At most one draw in the arguments of a call: their order is the compiler's. ---- */
uint32_t gen_below(struct gen *g, uint32_t n); /* 0 ... n - 1; 0 for n = 0 */
bool gen_chance(struct gen *g, unsigned percent);
#define GEN_PICK(g, array) ((array)[gen_below((g), ARRAY_SIZE(array))])
/* Appends text. What printf made of it is gone through from left to right: [a|b|c] becomes one of the three, [30?text]
 * is there with a chance of 30 %. */
void gen_put(struct gen *g, struct buf *out, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* ---- commands: gen.c. One line each, in the same language. In a namespace: `ip -n NS ...`, `ip netns exec NS ...`.
 * ---- */
void gen_cmd(struct gen *g, const char *fmt, ...) PRINTF_LIKE(2, 3);
void gen_ip(struct gen *g, unsigned ns, const char *fmt, ...) PRINTF_LIKE(3, 4);
void gen_run(struct gen *g, unsigned ns, const char *fmt, ...) PRINTF_LIKE(3, 4);
void gen_sleep(struct gen *g);             /* till all questions are answered or given up */
void gen_time(struct gen *g, unsigned ms); /* the last command takes so long at worst */
bool gen_has_time(const struct gen *g, unsigned ms);

/* ---- the picture: gen.c. Those that choose return -1 when there is none. ---- */
#define GEN_ADDRLEN 20
const char *gen_addr_text(char buf[GEN_ADDRLEN], uint32_t ip); /* returns buf */
uint32_t gen_mask(unsigned len);
int gen_ns_any(struct gen *g);                      /* alive; the host only when it has a device */
int gen_ns_router(struct gen *g);                   /* one that forwards */
int gen_dev_any(struct gen *g, enum gen_kind k);    /* alive, of this kind */
int gen_dev_of(struct gen *g, unsigned ns);         /* veth or bridge of the namespace, no port */
int gen_dev_l3(struct gen *g);                      /* the same, of any */
int gen_port_any(struct gen *g);                    /* of a bridge */
int gen_addr_near(struct gen *g, unsigned dev);     /* of somebody on the device's segment */
int gen_addr_any(struct gen *g);                    /* of a veth or a bridge */
int gen_addr_of(struct gen *g, unsigned ns);        /* the same, of that namespace */
int gen_addr_elsewhere(struct gen *g, unsigned ns); /* in another one than ns */
bool gen_same_segment(const struct gen *g, unsigned dev, unsigned other);
void gen_focus(struct gen *g); /* chooses who speaks to whom most of the time: all else is about them */
int gen_asker(struct gen *g);  /* the namespace that speaks next */
/* An address to speak to from ns: mostly one that somebody has; else own ones, nobody's, another subnet's. */
uint32_t gen_target(struct gen *g, unsigned ns);
const char *gen_target_text(struct gen *g, unsigned ns, char buf[GEN_ADDRLEN]);
uint32_t gen_free_ip(struct gen *g, unsigned net); /* of the subnet, that nobody has */

/* ---- building: gen_topo.c ---- */
int gen_ns_add(struct gen *g, const char *name); /* -1: no room */
/* A cable; names NULL = eth0, eth1 ...; *one and *other are its ends. False: no room. */
bool gen_cable(struct gen *g, unsigned ns, const char *name, unsigned peer_ns, const char *peer_name, unsigned *one,
	unsigned *other);
int gen_bridge(struct gen *g, unsigned ns); /* -1: no room */
bool gen_dev_named(const struct gen *g, unsigned ns, const char *name);
void gen_dev_name(const struct gen *g, unsigned ns, const char *stem, char name[16]); /* one that is free there */
bool gen_cable_net(struct gen *g, unsigned ns, unsigned peer_ns); /* one with a subnet, addresses, up */
int gen_lo(struct gen *g, unsigned ns);                           /* in the picture only; -1: no room */
void gen_up(struct gen *g, unsigned dev);
unsigned gen_mac(struct gen *g, unsigned dev);  /* the last byte of its MAC address, which is set if it was not yet */
int gen_net_new(struct gen *g, unsigned hosts); /* a subnet for so many hosts; -1: no room */
void gen_addr_put(struct gen *g, unsigned dev, uint32_t ip, unsigned len); /* only in the picture */

void gen_dev_timers(struct gen *g, unsigned dev); /* see above */
void gen_routes(struct gen *g);                   /* so that everybody reaches everybody */

/* ---- the recipes, one function each ---- */
#define RECIPE(name, theme, weight) bool gen_do_##name(struct gen *g);
#include "model/gen.def"

#endif
