/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sysctls of the real kernel: those of a fresh host, set explicitly whatever the machine's own are; reads and writes
 * as an OP_SYSCTL asks; br_netfilter. */
#ifndef KERNEL_SYSCTL_H
#define KERNEL_SYSCTL_H

#include "kernel/sandbox.h"

/* In the namespace that the thread is in (which is `ns`, just made): what model/sysctl.def says, IPv6 off (it would
 * send on its own), bridge-nf-call-* 1 when the lab has loaded the module. 0, or -1 with *err. */
int sysctl_fresh(struct sandbox *s, struct kns *ns, struct err *err);
/* Before a bridge is made in ns, the first time: its bridge-nf-call-* as without the module, unless the lab has loaded
 * it. The thread may be in ns afterwards. 0, or -1 with *err. */
int sysctl_before_bridge(struct sandbox *s, struct kns *ns, struct err *err);
/* Reads a path below /proc/sys in the thread's namespace into value, without the newline; or writes it. 0 or a
 * negative errno. */
int sysctl_read(const char *path, char *value, size_t size);
int sysctl_write(const char *path, const char *value);
/* `modprobe br_netfilter`: bridge-nf-call-* become 1 in every namespace of the sandbox, as loading it does.
 * 0, or -1 with *err when this kernel does not have it. */
int sysctl_load_br_netfilter(struct sandbox *s, struct err *err);

#endif
