/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Programs that labs run: ping, nc, curl, a web server, ps. Each is written once, as a state machine that asks
 * its world through struct sys_ops and is told of events; the simulator's world answers from the model (sim/sys.c),
 * the kernel back end's with real sockets in the real namespace (kernel/sys.c). So what a program does and prints
 * can't differ between the two; only what the world answered can.
 *
 * Nothing here blocks: calls return at once (-EAGAIN), and an event comes later. Programs read until -EAGAIN, so it
 * does not matter whether a back end repeats an event or tells it once.
 *
 * Events: PROG_READABLE: data, end of stream, a connection to accept, or an error that recv() will report.
 * PROG_WRITABLE: a connect() that said -EINPROGRESS has ended, well or badly (sockerr() says), or a send() that said
 * -EAGAIN may go on; not otherwise. PROG_ERROR: the error queue of a socket with SYS_RECVERR has an entry. PROG_SIGNAL:
 * SIGINT; SIGTERM and SIGKILL end a program without asking.
 * A raw ICMP socket's data begins with the ICMP header on both ways (the IP header is stripped; its TTL is in ttl), and
 * so does what the error queue quotes. */
#ifndef MODEL_PROG_H
#define MODEL_PROG_H

#include "model/addr.h"
#include "model/buf.h"

enum sys_sock { SYS_TCP, SYS_UDP, SYS_RAW_ICMP };
enum sys_opt {
	SYS_TTL,
	SYS_TOS,
	SYS_MARK,
	SYS_BROADCAST,
	SYS_PMTUDISC,
	SYS_RECVERR,
	SYS_REUSEADDR,
	SYS_RCVTOS,
	SYS_REUSEPORT,
	SYS_ICMP_FILTER, /* bit N set: ICMP type N is not received */
	SYS_SNDBUF       /* bytes, of which the kernel makes twice as many */
};

struct sys_addr {
	struct ipaddr ip;
	uint16_t port;
};

/* One received datagram, or one entry of the error queue. Data is copied, cut to `cap`. */
struct sys_msg {
	uint8_t *data; /* the caller's buffer */
	uint32_t cap;
	uint32_t size; /* of what came */
	struct sys_addr from;
	uint8_t ttl;
	/* error queue (struct sock_extended_err): */
	int ee_errno, ee_origin; /* origin 1 local, 2 ICMP */
	uint8_t ee_type, ee_code;
	uint32_t ee_info; /* MTU of 3/4 */
	struct ipaddr offender;
};

/* One process for ps: as the caller's PID namespace sees it. */
struct sys_proc {
	int pid, ppid;                     /* ppid: 0 = none in this namespace */
	bool lab;                          /* started by the lab (the rest is the machine's own) */
	char user[16], stat[8], comm[160]; /* comm: the whole command line */
	uint64_t started;                  /* ns */
};

struct sys;
/* Calls return >= 0 or a negative errno, as the system call would. fds are small integers of the program. */
struct sys_ops {
	int (*socket)(struct sys *s, enum sys_sock kind);
	int (*bind)(struct sys *s, int fd, const struct sys_addr *a);
	int (*bind_device)(struct sys *s, int fd, const char *dev);
	int (*connect)(struct sys *s, int fd, const struct sys_addr *a); /* TCP: -EINPROGRESS, then PROG_WRITABLE */
	int (*listen)(struct sys *s, int fd, int backlog);
	int (*accept)(struct sys *s, int fd, struct sys_addr *peer);
	int (*sockname)(struct sys *s, int fd, struct sys_addr *a);
	int (*peername)(struct sys *s, int fd, struct sys_addr *a);
	/* to NULL: the connected peer. confirm: MSG_CONFIRM. */
	long (*send)(struct sys *s, int fd, const void *data, uint32_t size, const struct sys_addr *to, bool confirm);
	long (*recv)(struct sys *s, int fd, struct sys_msg *m);    /* 0 bytes from TCP = end of stream */
	long (*recverr)(struct sys *s, int fd, struct sys_msg *m); /* MSG_ERRQUEUE */
	int (*sockerr)(struct sys *s, int fd);                     /* SO_ERROR: positive errno, cleared */
	int (*setopt)(struct sys *s, int fd, enum sys_opt opt, int value);
	int (*shutdown_write)(struct sys *s, int fd);
	void (*close)(struct sys *s, int fd);
	uint64_t (*now)(struct sys *s);              /* ns */
	void (*alarm)(struct sys *s, uint64_t when); /* one per program; PROG_TIMER; UINT64_MAX = off */
	void (*write)(struct sys *s, int fd, const void *data, size_t size); /* 1 or 2 */
	unsigned (*processes)(struct sys *s, struct sys_proc **list); /* count; the list is the caller's to free */
	int (*getpid)(struct sys *s);                                 /* in its own PID namespace */
	/* Whether the device has this address (ping -I DEV looks). May be NULL: as if it had. */
	bool (*dev_has_addr)(struct sys *s, const char *dev, const struct ipaddr *a);
	/* Reads or writes nothing else of the world. exit ends the program: no event comes after it. */
	void (*exit)(struct sys *s, int status);
};
struct sys { /* embedded in what the back end keeps of a process */
	const struct sys_ops *ops;
};

enum prog_event { PROG_START, PROG_READABLE, PROG_WRITABLE, PROG_ERROR, PROG_TIMER, PROG_SIGNAL };

struct prog;
struct prog_ops {
	const char *name;                                          /* as a lab calls it */
	const char *takes;                                         /* one line for the docs */
	size_t size;                                               /* of its struct, which starts with struct prog */
	void (*event)(struct prog *p, enum prog_event ev, int fd); /* fd: of the socket, else -1 */
	void (*release)(struct prog *p);                           /* may be NULL */
	/* Looks at the words without running: false when they ask for something that is not modelled, *why then says
	 * what. NULL: takes anything. What the tool itself would refuse is no matter of this. */
	bool (*modelled)(unsigned argc, char **argv, struct buf *why);
};
struct prog {
	const struct prog_ops *ops;
	struct sys *sys;
	unsigned argc;
	char **argv;       /* borrowed for the program's life */
	const char *input; /* standard input, whole; borrowed */
	size_t input_size;
};

/* The table of programs: by the name a lab uses ("ping", "nc", "curl", "nginx", ...); NULL = unknown. */
const struct prog_ops *prog_find(const char *name);
const struct prog_ops *const *prog_table(void); /* NULL-terminated */
struct prog *prog_new(
	const struct prog_ops *ops, struct sys *sys, unsigned argc, char **argv, const char *input, size_t input_size);
void prog_free(struct prog *p);
/* As prog_ops.modelled says; for the lab's parser. */
bool prog_modelled(const struct prog_ops *ops, unsigned argc, char **argv, struct buf *why);
void prog_printf(struct prog *p, int fd, const char *fmt, ...) PRINTF_LIKE(3, 4);

#endif
