/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The operation: the pivot between the lab's text and the two back ends. A command is parsed once into an op
 * (model/cmd*.c); the simulator and the kernel back end each apply it, knowing nothing of each other; what the
 * tool then prints is made from their answers by one piece of code (op_outcome() and the show functions), so
 * that both sides speak with the real tool's words. Every kind is a row of model/op.def. */
#ifndef MODEL_OP_H
#define MODEL_OP_H

#include "model/bridge.h"
#include "model/buf.h"
#include "model/err.h"
#include "model/fib.h"
#include "model/net.h"

enum op_kind {
#define OP(id, name, changes) OP_##id,
#include "model/op.def"
	OP_NUM
};
const char *op_kind_name(enum op_kind k);
bool op_kind_changes(enum op_kind k); /* false: only shows */

/* What a command printed and returned. Owned by whoever declares it: result_release(). {0} is success, silent. */
struct result {
	int status;
	struct buf out, err;
};
void result_release(struct result *r);

/* How a back end answers an op that changes something: the kernel's errno and extended ack, or which look-up
 * that the tool itself does first found nothing. {0} = done. */
struct answer {
	enum {
		ANS_KERNEL,  /* err: positive errno, 0 = success; ext: NLMSGERR_ATTR_MSG or "" */
		ANS_NO_NS,   /* name: a namespace that does not exist (or exists already: err EEXIST) */
		ANS_NO_DEV,  /* name: a device that does not exist */
		ANS_NO_FILE, /* name: a /proc/sys path that does not exist */
	} kind;
	int err;
	char ext[256];
	char name[NSNAME_SIZE];
};
int answer_errno(struct answer *a, int err, const char *ext); /* fills kernel answer; returns -err */

/* ---- parameters; a *_set bit or a nonempty name says that the word was given ---- */
struct op_netns {
	char *name;
}; /* owned */

struct op_bridge_opts { /* `type bridge ...` */
	bool stp_set, mcast_snooping_set, ageing_set, forward_delay_set, vlan_filtering_set, nf_call_iptables_set;
	bool stp, mcast_snooping, vlan_filtering, nf_call_iptables;
	uint64_t ageing_time, forward_delay; /* ns */
};
struct op_port_opts { /* `type bridge_slave ...`, `bridge link set` */
	bool flag_set[BRF_NUM], flag[BRF_NUM];
	bool state_set, priority_set, cost_set;
	uint8_t state;
	uint16_t priority;
	uint32_t cost;
};
struct op_link {              /* add, set, del, show */
	char dev[IFNAMSIZ_];  /* "" in show: all */
	char kind[IFNAMSIZ_]; /* "veth", "bridge", "bridge_slave"; "" = not given */
	char peer[IFNAMSIZ_];
	char *peer_ns, *target_ns; /* `netns NAME` of either end; owned; NULL unless set */
	bool peer_ns_set, target_ns_set;
	bool up_set, up, arp_set, arp, mtu_set, mac_set, peer_mac_set, peer_mtu_set, txqlen_set;
	uint32_t mtu, peer_mtu, txqlen;
	struct mac mac, peer_mac;
	char master[IFNAMSIZ_];
	bool nomaster;
	char new_name[IFNAMSIZ_];
	bool chosen; /* of a veth that was added without addresses: those that the model chose for its ends, */
	struct mac chosen_mac, chosen_peer_mac; /* which kernel mode sets, so that a bridge takes the same lowest one */
	bool bridge_set, port_set;
	struct op_bridge_opts bridge;
	struct op_port_opts port;
	bool show_up;
	char show_master[IFNAMSIZ_];
	char show_type[IFNAMSIZ_];
};
struct op_addr {
	char dev[IFNAMSIZ_];
	struct prefix local; /* len 32 when the user gave none */
	bool len_given;
	struct ipaddr peer; /* family IP_NONE: none */
	struct ipaddr broadcast;
	enum { BRD_NONE, BRD_ADDR, BRD_PLUS, BRD_MINUS } brd; /* `brd +`: as the prefix says */
	bool scope_set;
	uint8_t scope;
	char label[IFNAMSIZ_];
	bool noprefixroute;
	bool metric_set;
	uint32_t metric;
	/* show, flush */
	bool show_up, show_primary, show_secondary, permanent, dynamic;
	bool to_set;
	struct prefix to;
};
struct op_route { /* add, append, replace, change, del, show, flush, get */
	bool dst_set;
	struct prefix dst; /* 0/0 for `default` */
	struct ipaddr via;
	char dev[IFNAMSIZ_];
	struct ipaddr src; /* prefsrc; of get: `from` */
	bool type_set, table_set, metric_set, scope_set, proto_set, tos_set, onlink;
	uint8_t type, scope, protocol, tos;
	uint32_t table, metric; /* table 0 in show: all */
	uint32_t mtu;
	bool root, match, exact, cache; /* show and flush selectors */
	char iif[IFNAMSIZ_];            /* get */
	uint32_t mark;
};
struct op_neigh {
	char dev[IFNAMSIZ_];
	bool dst_set;
	struct prefix dst; /* len 32 but in show and flush */
	bool mac_set;
	struct mac mac;
	bool nud_set;
	uint16_t nud;    /* in show and flush: a mask of nud_state */
	bool proxy, all; /* all: `nud all`; of arp: -a, hosts in the BSD style */
};
struct op_fdb {
	char dev[IFNAMSIZ_], br[IFNAMSIZ_], brport[IFNAMSIZ_];
	bool mac_set;
	struct mac mac;
	bool self, master, local, is_static, dynamic, sticky, extern_learn, permanent;
	char state[16];
};
struct op_sysctl {  /* one key; `sysctl a=1 b=2` is one op each */
	char *path; /* with slashes: net/ipv4/ip_forward; owned */
	bool write;
	char value[64];
	char *shown;     /* the key as the user wrote it, as sysctl prints it back; owned */
	bool quiet;      /* -q */
	bool value_only; /* -n */
	bool ignore;     /* -e */
	bool by_file;    /* cat or a redirection on /proc/sys: the shell's words on error */
};
struct op_module {
	char name[64];
	bool remove;
};
struct op_canned {
	struct result res;
}; /* nothing to apply: a usage error, echo, true */
struct op_sleep {
	uint64_t ns;
};
struct op_job {           /* kill, wait: of the shell, about commands started with & */
	uint32_t command; /* index in run->cmd; UINT32_MAX: wait for all */
	int signal;       /* kill */
};
struct op_run { /* a program, by model/prog.h */
	char **argv;
	unsigned argc;                       /* owned */
	bool new_pid_ns, mount_proc, forked; /* unshare */
	char *input;
	size_t input_size; /* standard input (here-document), owned; NULL = none */
};
/* model/iptables.c: */
struct ipt_cmd;
void ipt_cmd_free(struct ipt_cmd *c); /* NULL is fine */
struct ipt_cmd *ipt_cmd_copy(const struct ipt_cmd *c);

/* How the output is to look; of `ip`'s global options and of arp and route. */
struct op_view {
	bool brief, numeric, details, stats, oneline, extended;
	uint8_t family; /* enum ip_family; IP_NONE = not restricted */
};

struct op {
	enum op_kind kind;
	struct loc loc; /* of the command's first word */
	char *where;    /* namespace where it acts: op_ns(); owned; NULL = the initial one */
	enum { NS_HERE, NS_EXEC, NS_OPTION } ns_how; /* how ns was named: for the tool's words */
	const char *tool;                            /* "ip", "sysctl", "iptables", ...: static text */
	struct op_view view;
	union {
		struct op_netns netns;
		struct op_link link;
		struct op_addr addr;
		struct op_route route;
		struct op_neigh neigh;
		struct op_fdb fdb;
		struct op_sysctl sysctl;
		struct op_module module;
		struct op_canned canned;
		struct op_sleep sleep;
		struct op_run run;
		struct ipt_cmd *ipt; /* owned */
		struct op_job job;
	};
	char *hint;      /* what would work where the tool refuses the command; owned; NULL = none */
	struct op *next; /* owned; a command that is several ops (`sysctl a=1 b=2`): applied one after the
			    other, output joined, status the last that is not 0 */
};
/* The namespace where it acts; "" = the initial one. */
static inline const char *op_ns(const struct op *op)
{
	return op->where ? op->where : "";
}
void op_set_ns(struct op *op, const char *name); /* copied */
void op_release(struct op *op);
void op_reset(struct op *op);                       /* releases all but where it acts */
void op_copy(struct op *to, const struct op *from); /* deep */

/* The tool's words and status for the answer to a changing op: "RTNETLINK answers: File exists", "Error: ...",
 * "Cannot find device ...". Same for both back ends. */
void op_outcome(const struct op *op, const struct answer *a, struct result *res);
/* Runs an op that only shows, over whichever net (the model's, or a snapshot of the kernel's). */
void op_show(const struct net *net, const struct op *op, uint64_t now, struct result *res);

#endif
