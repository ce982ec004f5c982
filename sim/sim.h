/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The engine: virtual clock, timers, the backlog of packets, the trace; and the stages that packets go through.
 *
 * Theory of operation. Work is done to completion in program order, as one CPU would: a function that handles a
 * packet calls the next stage directly, as the kernel does, and returns what the kernel's would (0 or a negative
 * errno, up to the sending socket). Only a device crossing (veth, loopback) queues: on the backlog, a FIFO, as
 * netif_rx() does. The softirq empties it, one hop of SIM_HOP_NS virtual time per packet; then time jumps to the
 * next timer.
 * When the softirq runs depends on the context, as in the kernel. Commands and system calls are process context: as
 * soon as bottom halves are on again (local_bh_enable()), which is mostly behind the single packet that was sent, all
 * that it leads to happens, and only then does the caller go on. In the softirq itself, where packets are received and
 * timers of the stack run, bottom halves are off, so what is sent waits until all that came before has been handled.
 * Stage functions have the kernel's names, follow its order, and take over the packet.
 *
 * A storm (frames that circle in a loop of bridges, or multiply) is cut: all that is under way is dropped with
 * SIM_LIMIT. Programs' timers share the heap with the stack's.
 *
 * A packet ends in exactly one of: sim_drop, sim_deliver, sim_absorb, sim_merge, sim_leave. */
#ifndef SIM_SIM_H
#define SIM_SIM_H

#include "model/bridge.h"
#include "model/fib.h"
#include "model/neigh.h"
#include "model/net.h"
#include "model/nf.h"
#include "model/op.h"
#include "model/packet.h"
#include "model/trace.h"

#define SIM_HOP_NS 10000ULL          /* nominal time of a device crossing */
#define SIM_STORM_PACKETS 20000      /* packets waiting at once, from which on it is called a storm */
#define SIM_STORM_HOPS 1024          /* device crossings of one packet: more than any TTL allows; a loop of bridges */
#define SIM_SOFTIRQ_PACKETS 2000000  /* packets that one softirq may handle: sockets that talk without end */
#define SIM_TRACE_BYTES (256u << 20) /* of trace, from which on nothing more is simulated: a new sim's trace_limit */

struct proc;
struct sim {
	struct net *net;
	uint64_t now;         /* ns */
	uint64_t tick_origin; /* ns that the clock of ticks is ahead of now (sim/jiffies.h) */
	struct packet_pool pool;
	struct packet *backlog_head, *backlog_tail;
	uint32_t backlog_len;
	uint32_t bh_off;     /* > 0: softirqs wait: bottom halves are off, or one is running */
	struct trace *trace; /* always there; written only while tracing */
	size_t trace_limit;  /* bytes: sim_trace_full() */
	bool tracing;
	bool in_timer;       /* a timer of the stack is running: packets born now have no other cause */
	bool icmp_busy;      /* an ICMP message is on its way out: icmp_xmit_lock() is held */
	bool over;           /* the lab has ended: what processes still close sends nothing, the tables stay */
	bool storming;       /* a storm was cut off; stays set until whoever tells it clears it */
	uint32_t command;    /* index + 1 of the command that runs */
	uint32_t cause;      /* packet that is being handled: the parent of those made now; 0 = none */
	uint64_t hops;       /* backlog packets handled so far */
	struct procs *procs; /* processes (sim/proc.h) */
	struct list
		linkwatch; /* struct dev (watch_node): their carrier has changed, and nobody was told (sim/link.c) */
	struct list arp_delayed; /* requests that wait for a proxy's answer (sim/arp.c); {0} = none yet */
	uint32_t arp_delays;
	uint32_t next_sock;
	uint16_t next_port;     /* where the search for an ephemeral port begins */
	struct htab sock_by_id; /* sockets of all namespaces (sim/sock.c); released when the last one goes */
};

struct sim *sim_new(uint64_t seed, bool tracing); /* the initial namespace with lo up, 127.0.0.1/8 */
void sim_free(struct sim *s);
/* local_bh_disable(), local_bh_enable() (kernel/softirq.c): a section in which what is sent waits; they nest. At the
 * end of the outermost one the softirq runs. Timers of the stack and what handles packets are in one already. */
void local_bh_disable(struct sim *s);
void local_bh_enable(struct sim *s);
/* Lets time pass to `until` (ns), firing timers on the way. */
void sim_run_until(struct sim *s, uint64_t until);
/* The trace has become so large that the run has to stop: what is simulated from now on is cut off. */
bool sim_trace_full(const struct sim *s);
/* One step: fires the next timer that is due before `limit`. False: there is none. */
bool sim_step(struct sim *s, uint64_t limit);
/* The end of a run: says of every packet that has not ended that it is still under way (EV_LEAVE). */
void sim_end(struct sim *s);

/* ---- events ---- */
void sim_event_(struct sim *s, const struct packet *p, const struct ns *ns, const struct dev *dev, enum event_kind k,
	enum stage st, const struct val *v, unsigned n);
/* Records an event of packet p at p->dev (ns by the device). Arguments after the stage are struct val, in the
 * order of the kind's fields; trailing ones may be left out. Costs nothing while tracing is off. */
#define sim_event(s, p, k, st, ...)                                                                                    \
	do {                                                                                                           \
		if ((s)->tracing) {                                                                                    \
			const struct val v_[] = { __VA_ARGS__ };                                                       \
			sim_event_((s), (p), NULL, (p)->dev, (k), (st), v_, ARRAY_SIZE(v_));                           \
		}                                                                                                      \
	} while (0)
/* The same at a namespace, and a device that may be NULL. */
#define sim_event_at(s, p, ns, dev, k, st, ...)                                                                        \
	do {                                                                                                           \
		if ((s)->tracing) {                                                                                    \
			const struct val v_[] = { __VA_ARGS__ };                                                       \
			sim_event_((s), (p), (ns), (dev), (k), (st), v_, ARRAY_SIZE(v_));                              \
		}                                                                                                      \
	} while (0)
void sim_notice_(struct sim *s, const struct ns *ns, const struct dev *dev, enum event_kind k, enum stage st,
	const struct val *v, unsigned n);
/* What the kernel tells its listeners (rtnetlink, conntrack events): of the packet that is being handled, or of none.
 */
#define sim_notice(s, ns, dev, k, st, ...)                                                                             \
	do {                                                                                                           \
		if ((s)->tracing) {                                                                                    \
			const struct val v_[] = { __VA_ARGS__ };                                                       \
			sim_notice_((s), (ns), (dev), (k), (st), v_, ARRAY_SIZE(v_));                                  \
		}                                                                                                      \
	} while (0)
/* A frame as a capture on the device sees it (what AF_PACKET taps see): direction "in" or "out". */
void sim_frame(struct sim *s, const struct packet *p, struct dev *dev, bool out);

/* ---- packets ---- */
/* A new packet made here (headroom PACKET_HEADROOM, room for size bytes); parent is s->cause. */
struct packet *sim_packet(struct sim *s, uint32_t size);
struct packet *sim_clone(struct sim *s, const struct packet *p); /* same cause, clone_of p; takes a ct reference */
/* skb->truesize of a packet of so many bytes, IP header and all, that a socket here sends: what its buffer takes. */
uint32_t sim_truesize(uint32_t size);
/* The ends. They free the packet. detail may be NULL. sim_drop returns `ret` for "return sim_drop(...)". */
int sim_drop(struct sim *s, struct packet *p, enum drop why, enum stage st, const char *detail, int ret);
void sim_deliver(struct sim *s, struct packet *p, enum stage st, const char *what, uint32_t port); /* to a program */
void sim_absorb(struct sim *s, struct packet *p, enum stage st, const char *what); /* the stack used it up */
void sim_merge(struct sim *s, struct packet *p, enum stage st, const char *what);

/* ---- devices: sim/dev.c, sim/veth.c, sim/lo.c ---- */
void netif_rx(struct sim *s, struct packet *p);      /* onto the backlog; p->dev receives; after eth_type_trans() */
void netif_receive(struct sim *s, struct packet *p); /* __netif_receive_skb_core: taps, bridge, protocol */
void netif_deliver(struct sim *s, struct packet *p); /* its last part: to the handler of the ethertype */
/* p->dev sends; the frame is complete. 0, -ENOBUFS, or NET_XMIT_CN (> 0): the queue threw it away, which ends what
 * sends several packets, but is no error of a socket's. */
#define NET_XMIT_CN 2
int dev_queue_xmit(struct sim *s, struct packet *p);
void eth_type_trans(struct packet *p, const struct dev *dev); /* sets pkt_type, protocol, mac_off; pulls the header */
bool is_skb_forwardable(
	const struct dev *dev, uint32_t len); /* dev is up and takes a frame of len bytes (with its header) */
int veth_xmit(struct sim *s, struct packet *p);
int loopback_xmit(struct sim *s, struct packet *p);

/* ---- bridge: sim/bridge.c (frames), sim/bridge_if.c (ports, states, MAC, MTU), sim/br_netfilter.c ---- */
void br_handle_frame(struct sim *s, struct packet *p); /* p->dev is the port */
int br_dev_xmit(struct sim *s, struct packet *p);      /* p->dev is the bridge */
/* br_handle_frame_finish(): learns and decides; p->dev is the port, the window starts behind the Ethernet header. */
void br_handle_frame_finish(struct sim *s, struct packet *p);
/* br_forward_finish(): p->dev is the port that sends, likewise. Runs br_nf_post_routing, then the next. */
void br_forward_finish(struct sim *s, struct packet *p);
void br_dev_queue_push_xmit(struct sim *s, struct packet *p);
void br_fdb_gc_at(struct sim *s, struct bridge *br, uint64_t when); /* the next removal of old entries */
void br_fdb_gc_kick(struct sim *s, struct bridge *br); /* after an entry or the ageing time was set by the user */
int br_add_if(struct sim *s, struct dev *br, struct dev *dev, struct answer *a);
void br_del_if(struct sim *s, struct bridge_port *p);
void br_dev_delete(struct sim *s, struct bridge *br); /* its ports go, and what is left of its fdb; not its device */
void br_port_changed(
	struct sim *s, struct bridge_port *p);      /* after up, down, carrier: state and the bridge's own carrier */
void br_dev_changed(struct sim *s, struct dev *br); /* after the bridge went up or down */
void br_port_mac_changed(struct sim *s, struct bridge_port *p);
void br_set_state(struct sim *s, struct bridge_port *p, uint8_t state);
void br_stp_change_bridge_id(
	struct sim *s, struct bridge *br, const struct mac *mac); /* the bridge's MAC, with its fdb entry */
/* fdb_notify(): what listeners are told of an entry that was made, changed, or (del) goes. */
void br_fdb_notify(struct sim *s, const struct fdb_entry *f, bool del);
void br_fdb_delete(struct sim *s, struct fdb_entry *f); /* fdb_delete() */
void br_fdb_flush_port(struct sim *s, struct bridge_port *p, bool also_static);

/* ---- neighbours: sim/neigh.c, sim/arp.c ---- */
int neigh_output(
	struct sim *s, struct packet *p, struct dev *dev, const struct ipaddr *nexthop); /* IP packet, no link header */
void neigh_event_send(
	struct sim *s, struct dev *dev, const struct ipaddr *addr); /* asks for it, without a packet that waits */
/* The entry, made when there is none yet (with all that arp_constructor() says of its address). */
struct neigh *neigh_create(struct sim *s, struct dev *dev, const struct ipaddr *addr);
void arp_rcv(struct sim *s, struct packet *p);
void neigh_ifdown(struct sim *s, struct dev *dev);       /* all entries */
void neigh_carrier_down(struct sim *s, struct dev *dev); /* all but permanent */
void neigh_changeaddr(struct sim *s, struct dev *dev);   /* own MAC changed */
void neigh_delete(struct sim *s, struct neigh *n);       /* with its queue */
/* What was asked for at an address that is a broadcast address from now on goes; what is known of it stays. */
void arp_invalidate(struct sim *s, struct dev *dev, uint32_t addr);
void neigh_set_state(struct sim *s, struct neigh *n, uint8_t state, const char *why);
int neigh_admin_update(struct sim *s, struct neigh *n, const struct mac *mac, uint8_t state); /* `ip neigh` */
void arp_send_gratuitous(struct sim *s, struct dev *dev, const struct ifaddr *a);

/* ---- IPv4: sim/ip.c, sim/route.c, sim/icmp.c ---- */
void ip_rcv(struct sim *s, struct packet *p);
int ip_rcv_finish(struct sim *s, struct packet *p); /* after PRE_ROUTING */
int ip_local_deliver(struct sim *s, struct packet *p);
int ip_forward(struct sim *s, struct packet *p);
/* Sends a packet whose IP header is built and whose dst is set, from a socket or the stack of dst.dev's namespace.
 * Returns what a socket is told: 0 or a negative errno (net_xmit_errno()). */
int ip_local_out(struct sim *s, struct packet *p);
int ip_output(struct sim *s, struct packet *p); /* after routing: POST_ROUTING, fragmentation, neighbour */
/* ip_do_fragment(): cuts p into pieces of at most mtu bytes and hands each to output, until one fails. 0,
 * or what output returned then. */
int ip_do_fragment(struct sim *s, struct packet *p, uint32_t mtu, int (*output)(struct sim *s, struct packet *p));
/* ip_defrag(): p is a fragment. 0: p is now the whole datagram (its buffer may have moved); -EINPROGRESS: taken, waits
 * for the others; else dropped. Whoever asks (enum ip_defrag_user of the kernel) has queues of its own. */
enum ip_defrag_user {
	IP_DEFRAG_LOCAL_DELIVER,
	IP_DEFRAG_CONNTRACK_IN,
	IP_DEFRAG_CONNTRACK_OUT,
	IP_DEFRAG_CONNTRACK_BRIDGE_IN
};
int ip_defrag(struct sim *s, struct ns *ns, struct packet *p, enum ip_defrag_user user);
/* Puts an IPv4 header in front of the window (dst, ids from the namespace), sets net_off and trans_off. tos, ttl 0 =
 * default. */
void ip_build_header(struct sim *s, struct packet *p, struct ns *ns, uint32_t saddr, uint32_t daddr, uint8_t protocol,
	uint8_t tos, uint8_t ttl, bool df);
/* ip_route_output_key(): fills *d. src may be IP_NONE; oif NULL = any. 0, or -ENETUNREACH etc. p: for the trace, may be
 * NULL. */
int ip_route_output(struct sim *s, struct ns *ns, const struct packet *p, const struct ipaddr *dst,
	const struct ipaddr *src, struct dev *oif, uint8_t tos, uint32_t mark, struct dst *d);
/* ip_route_input(): fills p->dst; 0, or a negative errno after which the caller drops with *why. */
int ip_route_input(
	struct sim *s, struct packet *p, uint32_t daddr, uint32_t saddr, uint8_t tos, struct dev *dev, enum drop *why);
/* The same for a packet of ours whose source need not be an own address (FLOWI_FLAG_ANYSRC): hdrincl, resets. */
int ip_route_output_anysrc(struct sim *s, struct ns *ns, const struct packet *p, const struct ipaddr *dst,
	const struct ipaddr *src, struct dev *oif, uint8_t tos, uint32_t mark, struct dst *d);
/* After NAT or a mark changed in OUTPUT; sock: that sends (packet.sock), 0 = none. */
int ip_route_me_harder(struct sim *s, struct ns *ns, uint32_t sock, struct packet *p);
int ip_error(struct sim *s, struct packet *p);
void icmp_rcv(struct sim *s, struct packet *p);
/* icmp_send(): about packet p (kept by the caller), which was received or sent in p->dev's namespace. */
void icmp_send(struct sim *s, const struct packet *p, uint8_t type, uint8_t code, uint32_t info);
const char *icmp_name(uint8_t type, uint8_t code);
/* rt_cache_flush(): routes have changed; what was learned for one that is gone is forgotten. */
void route_cache_flush(struct sim *s, struct ns *ns);
/* fnhe_genid_bump(): `ip route flush cache` forgets all path MTUs and redirects. */
void route_exceptions_flush(struct sim *s, struct ns *ns);
/* A path MTU that an ICMP error told: kept for 600 s for this destination. */
void ip_update_pmtu(struct sim *s, struct ns *ns, uint32_t daddr, uint32_t mtu);
void ip_ns_free(struct sim *s, struct ns *ns); /* what the IP layer keeps of a namespace (ns->ip) */

/* ---- transport: sim/raw.c, sim/udp.c, sim/tcp.c. Window starts at the transport header; trans_off, net_off set. ----
 */
bool raw_rcv(struct sim *s, const struct packet *p); /* a copy to every raw socket that wants it; true if one did */
void udp_rcv(struct sim *s, struct packet *p);
void tcp_rcv(struct sim *s, struct packet *p);
/* An ICMP error p about a packet of ours: the quoted header is at `quoted` (IP header, then 8 bytes at least). */
void sock_icmp_error(struct sim *s, const struct packet *p, const struct ip4_hdr *quoted, uint32_t quoted_size,
	uint8_t type, uint8_t code, uint32_t info, const struct ipaddr *offender);
/* ip_local_error(), and what dst_link_failure means to the sender's socket. */
void sock_local_error(struct sim *s, uint32_t sock, int err, uint32_t info);
void sockets_free(struct sim *s, struct ns *ns);

/* ---- netfilter: sim/nf.c, sim/conntrack.c, sim/nat.c ---- */
/* NF_HOOK(): runs the IPv4 hooks of the namespace at `hook`. Accepted: returns okfn(s, p) (or 0 when okfn is
 * NULL: the caller goes on). Dropped: the packet is gone, returns -EPERM. *taken says, when not NULL, that it is gone.
 */
int nf_hook(struct sim *s, struct ns *ns, enum nf_hook hook, struct packet *p, struct dev *in, struct dev *out,
	int (*okfn)(struct sim *s, struct packet *p));
/* Only runs the hooks; true = accepted, false = the packet is gone. */
bool nf_hook_accept(struct sim *s, struct ns *ns, enum nf_hook hook, struct packet *p, struct dev *in, struct dev *out);
void ct_get(struct ct *ct);
void ct_put(struct sim *s, struct ct *ct);
void nf_attach_ct(
	struct packet *to, const struct packet *from); /* nf_ct_attach(): an error made here belongs to the flow */
void nf_dev_down(struct sim *s, struct dev *dev);      /* masquerade entries of the device go */
void nf_addr_gone(struct sim *s, struct dev *dev, const struct ipaddr *a);
void nf_ns_free(struct sim *s, struct ns *ns);
int iptables_apply(struct sim *s, struct ns *ns, const struct op *op, struct result *res);

/* ---- br_netfilter: sim/br_netfilter.c. Each takes the packet over when it returns false (dropped, or it goes on
 * by another way); true: the bridge goes on with it. net_off is set, the window starts at the network header. ---- */
bool br_nf_active(const struct bridge *br, const struct packet *p); /* the module is loaded and its sysctls say so */
bool br_nf_pre_routing(struct sim *s, struct packet *p, struct bridge_port *in); /* may set p->pkt_type, p->nfb */
/* Ahead of passing it up; false: it is gone. */
bool br_nf_local_in(struct sim *s, struct packet *p, struct bridge *br);
bool br_nf_forward(struct sim *s, struct packet *p, struct bridge_port *in, struct bridge_port *out);
bool br_nf_post_routing(struct sim *s, struct packet *p, struct bridge_port *out);
/* br_dev_xmit() calls it first, the window at the Ethernet header: a bridged packet whose new station's MAC had to be
 * asked for goes back into the bridge. True: taken over. */
bool br_nf_dev_xmit(struct sim *s, struct packet *p);

/* ---- operations: sim/apply.c and sim/{netns,link,addr,route_op,neigh_op,fdb_op,sysctl}.c ---- */
/* Applies an op that is no program and no sleep: changes the model (with all that follows at once), or shows. */
void sim_apply(struct sim *s, const struct op *op, struct result *res);
void dev_open(struct sim *s, struct dev *dev);
void dev_close(struct sim *s, struct dev *dev);
void dev_carrier(
	struct sim *s, struct dev *dev, bool on); /* and its consequences: routes linkdown, neighbours, bridge */

#endif
