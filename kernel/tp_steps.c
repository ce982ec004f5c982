/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the kernel's words and the model's are two for one thing: drop reasons that have other names in other kernels
 * (model/drop.def), and functions that a compiler puts into one another. */
#include "kernel/tp_steps.h"

#include <errno.h>
#include <string.h>

#include "kernel/tp_route.h"
#include "model/neigh.h"
#include "model/wire.h"

/* Is it one of the words? `len`: of name. */
static bool among(const char *words, const char *name, size_t len)
{
	while (*words) {
		size_t n = strcspn(words, " ");

		if (n == len && !memcmp(words, name, n))
			return true;
		words += n + (words[n] == ' ');
	}
	return false;
}

static const struct drop_desc *drop_of(const struct event *e)
{
	for (unsigned i = 0; i < DROP_NUM; i++)
		if (e->val[1].type == VT_STR && !strcmp(drop_descs[i].sentence, e->val[1].str))
			return &drop_descs[i];
	return NULL;
}

/* A socket's call fails there before any packet is made; a reset needs a route first (ip_send_unicast_reply()). */
static bool before_packet(enum stage st)
{
	return st == ST_RAW_SENDMSG || st == ST_PING_SENDMSG || st == ST_UDP_SENDMSG || st == ST_UDP_CONNECT ||
	       st == ST_TCP_CONNECT || st == ST_TCP_SEND_RESET;
}

/* What the model calls used up, since the packet has done its work, and the kernel throws away, with a reason, all the
 * same: ping_rcv() has no socket for what a raw socket has a copy of; tcp_v4_rcv() frees all that a half-open
 * connection or one in TIME_WAIT has dealt with. */
static const struct {
	enum stage stage;
	const char *reason;
} thrown_away[] = {
	{ ST_PING_RCV, "NO_SOCKET" },
	{ ST_TCP_CHECK_REQ, "NOT_SPECIFIED" },
	{ ST_TCP_TIMEWAIT, "NOT_SPECIFIED" },
};

static const char *thrown_away_for(enum stage st)
{
	for (unsigned i = 0; i < ARRAY_SIZE(thrown_away); i++)
		if (thrown_away[i].stage == st)
			return thrown_away[i].reason;
	return NULL;
}

bool tp_sees_absorb(const struct event *e)
{
	if (e->stage == ST_TCP_TIMEWAIT)
		return false; /* see left_out */
	return thrown_away_for(e->stage);
}

bool tp_sees_drop(const struct event *e)
{
	const struct drop_desc *d = drop_of(e);

	return d && *d->kernel && !before_packet(e->stage);
}

/* skb:kfree_skb tells the address that kfree_skb_reason() returns to. A stage of the model is one function, named after
 * what it does; in the kernel that is several, and which of them are functions of their own is the compiler's to
 * say: what is called last in a function may return to its caller. These are the others that a stage's drops may be
 * in. */
static const struct {
	enum stage stage;
	const char *functions;
} places[] = {
	{ ST_IP_RCV, "ip_rcv_core" },
	{ ST_IP_ROUTE_INPUT, "ip_rcv_finish_core" },
	{ ST_IP_ME_HARDER, "nf_hook_slow" },
	{ ST_NF_CONNTRACK_IN, "nf_hook_slow" },
	{ ST_NF_CONFIRM, "nf_hook_slow" },
	{ ST_NF_NAT, "nft_do_chain nf_hook_slow" }, /* a rule's own verdict, or that of the hook behind all rules */
	{ ST_NF_NAT_PACKET, "nf_hook_slow" },
	{ ST_NF_NAT_ICMP, "nf_hook_slow" },
	{ ST_ARP_PROCESS, "pneigh_enqueue pneigh_queue_purge" },
	{ ST_ARP_ERROR, "neigh_invalidate" },
	{ ST_NEIGH_RESOLVE, "__neigh_event_send" },
	{ ST_NEIGH_UPDATE, "__neigh_update" },
	{ ST_NEIGH_DESTROY, "neigh_flush_dev" },
	{ ST_DEV_QUEUE_XMIT, "__dev_queue_xmit" },
	{ ST_BR_FLOOD, "br_handle_frame_finish br_dev_xmit" },
	{ ST_BR_FORWARD, "br_handle_frame_finish br_dev_xmit" },
	{ ST_VETH_XMIT, "__dev_forward_skb2" },
	{ ST_UDP_RCV, "__udp4_lib_rcv" },
	{ ST_TCP_RCV, "tcp_v4_do_rcv tcp_rcv_established tcp_rcv_state_process tcp_validate_incoming tcp_data_queue" },
	{ ST_TCP_CHECK_REQ, "tcp_v4_rcv" },
	{ ST_TCP_TIMEWAIT, "tcp_v4_rcv" },
};

/* "ip_rcv_core.isra.0" is ip_rcv_core. */
static bool place_is(enum stage stage, const char *function)
{
	size_t len = strcspn(function, ".");

	if (among(stage_descs[stage].name, function, len))
		return true;
	for (unsigned i = 0; i < ARRAY_SIZE(places); i++)
		if (places[i].stage == stage && among(places[i].functions, function, len))
			return true;
	return false;
}

/* The names that the kernel may have for it. */
static const char *reasons(const struct event *e)
{
	const struct drop_desc *d = e->kind == EV_DROP ? drop_of(e) : NULL;

	return e->kind == EV_ABSORB ? thrown_away_for(e->stage) : d ? d->kernel : "";
}

const char *tp_drop_differs(const struct event *model, const struct obs *kernel)
{
	const char *reason = kernel->e.val[0].str;

	if (*kernel->e.dev && *model->dev && strcmp(kernel->e.dev, model->dev))
		return "dev";
	if (!among(reasons(model), reason, strlen(reason)))
		return "reason";
	if (kernel->function && *kernel->function && !place_is(model->stage, kernel->function))
		return "function";
	return NULL;
}

/* ---- frames ---- */

bool tp_sees_queue_drop(const struct event *e)
{
	return e->stage == ST_DEV_QUEUE_XMIT;
}

const char *tp_frame_differs(const struct event *model, const struct obs *kernel)
{
	if (strcmp(kernel->e.dev, model->dev))
		return "dev";
	return model->kind == EV_FRAME && model->val[2].bytes.len != kernel->e.val[2].bytes.len ? "length" : NULL;
}

static const char *str_of(const struct event *e, unsigned i)
{
	return e->val[i].type == VT_STR ? e->val[i].str : "";
}

/* ---- routes ---- */

static bool found_nothing(const struct event *model)
{
	return model->val[ROUTE_PREFIX].type == VT_NONE;
}

/* Without a look-up are the limited broadcast and multicasts (type, and no prefix), and connections to this host itself
 * are left out with all that names its loopback device; so is the way back of what came to more than one host. */
bool tp_sees_route(const struct event *e)
{
	if (e->stage != ST_IP_ROUTE_INPUT && (!route_is_back(e->stage) || e->val[ROUTE_SRC].type == VT_NONE))
		return false;
	return strcmp(e->dev, "lo") != 0 && (!found_nothing(e) || !strcmp(str_of(e, ROUTE_TYPE), "no route"));
}

bool tp_leaves_route(const struct event *e, const struct flow *f)
{
	if (f->ethertype != ETH_P_IP_)
		return false;
	return f->protocol == IPPROTO_TCP_ ||
	       (f->protocol == IPPROTO_UDP_ && (route_is_back(e->stage) || !strcmp(str_of(e, ROUTE_TYPE), "local")));
}

/* The kernel has found a way: of which type, by which device, and gateway, in which table (local and main are one)?
 * What the model makes of it may be no way at all: forwarding is off. */
static const char *way_differs(const struct event *m, const struct event *k)
{
	bool in_default = !strcmp(str_of(k, ROUTE_TABLE), "default");

	if (found_nothing(m))
		return "type";
	if (in_default != !strcmp(str_of(m, ROUTE_TABLE), "default"))
		return "table";
	if (*str_of(k, ROUTE_TYPE) && strcmp(str_of(k, ROUTE_TYPE), str_of(m, ROUTE_TYPE)) != 0)
		return "type";
	if (strcmp(str_of(m, ROUTE_TYPE), "unicast") != 0 || !*str_of(m, ROUTE_OUT))
		return NULL;
	if (strcmp(str_of(m, ROUTE_OUT), str_of(k, ROUTE_OUT)) != 0)
		return "out";
	if (m->val[ROUTE_VIA].type != k->val[ROUTE_VIA].type)
		return "via";
	return m->val[ROUTE_VIA].type != VT_NONE && !ip_eq(&m->val[ROUTE_VIA].addr, &k->val[ROUTE_VIA].addr) ? "via"
													     : NULL;
}

/* It has found none: in no table at all, or one that says no. */
static const char *error_differs(const struct event *m, const struct event *k)
{
	bool none = !strcmp(str_of(k, ROUTE_ERROR), strerror(ENETUNREACH));

	/* a route of type throw says: look elsewhere */
	return none == (found_nothing(m) || !strcmp(str_of(m, ROUTE_TYPE), "throw")) ? NULL : "type";
}

const char *tp_route_differs(const struct event *model, const struct obs *kernel)
{
	return *str_of(&kernel->e, ROUTE_ERROR) ? error_differs(model, &kernel->e) : way_differs(model, &kernel->e);
}

/* ---- stations ---- */

bool tp_sees_fdb_notice(const struct event *e)
{
	return !strcmp(str_of(e, 0), "delete") && strcmp(str_of(e, 3), "PERMANENT") != 0;
}

/* __neigh_event_send() returns there, ahead of neigh:neigh_event_send_done. */
bool tp_tells_later(const struct event *e)
{
	return e->kind == EV_NEIGH_STATE && e->val[4].type == VT_STR && !strcmp(e->val[4].str, NEIGH_NOT_ASKED);
}

/* ---- what is left out ---- */

enum {
	LEFT_OUT_UNREAD,
	LEFT_OUT_ASKED,
	LEFT_OUT_ACK,
	LEFT_OUT_FRAGMENT,
	LEFT_OUT_PIECE,
	LEFT_OUT_FRAME,
	LEFT_OUT_LOOKUP,
	LEFT_OUT_SOCKET
};

static const struct {
	const char *reason, *functions, *why; /* reason "": any */
} left_out[TP_LEFT_OUT] = {
	{ "QUEUE_PURGE", "inet_sock_destruct sk_stream_kill_queues skb_queue_purge_reason",
		"packets that were delivered, and not read when their socket was closed" },
	{ "NOT_SPECIFIED", "inet_rtm_getroute", "packets that `ip route get` makes up to ask with" },
	{ "NOT_SPECIFIED", "tcp_v4_rcv",
		"acknowledgements and ends of streams to a connection in TIME_WAIT: it may not be that yet" },
	{ "", "skb_release_data", "fragments that go with the packet that they were put together to" },
	{ "NOT_SPECIFIED", "__ip_flush_pending_frames", "fragments of a datagram that could not be made whole" },
	{ "", "",
		"frames of TCP at tracepoints: captures compare them, and know of acknowledgements that may be more" },
	{ "", "", "route look-ups that are not for the way of a packet that came in, or back to its source" },
	{ "", "",
		"route look-ups of TCP, of which there may be acknowledgements more, and for UDP sockets, which may "
		"keep their routes, and for the way back of UDP" },
};

unsigned tp_left_out(const struct obs *obs)
{
	if (obs->e.kind == EV_FRAME && obs->flow.protocol == IPPROTO_TCP_)
		return LEFT_OUT_FRAME + 1;
	if (obs->e.kind == EV_ROUTE && obs->function)
		return LEFT_OUT_LOOKUP + 1;
	if (obs->e.kind == EV_ROUTE && tp_leaves_route(&obs->e, &obs->flow))
		return LEFT_OUT_SOCKET + 1;
	if (obs->e.kind != EV_DROP || !obs->function)
		return 0;
	for (unsigned i = 0; i < ARRAY_SIZE(left_out); i++)
		if ((!*left_out[i].reason || !strcmp(left_out[i].reason, obs->e.val[0].str)) &&
			(i != LEFT_OUT_ACK ||
				(obs->e.val[2].type == VT_STR && !strcmp(obs->e.val[2].str, TP_BARE_ACK))) &&
			among(left_out[i].functions, obs->function, strcspn(obs->function, ".")))
			return i + 1;
	return 0;
}

const char *tp_left_out_why(unsigned which)
{
	return which && which <= ARRAY_SIZE(left_out) ? left_out[which - 1].why : NULL;
}
