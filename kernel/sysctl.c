/* SPDX-License-Identifier: GPL-2.0-or-later */
/* /proc/sys/net of the thread's network namespace. */
#include "kernel/sysctl.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int open_path(const char *path, int flags)
{
	char full[300];

	if (snprintf(full, sizeof(full), "/proc/sys/%s", path) >= (int)sizeof(full))
		return -ENAMETOOLONG;
	int fd = open(full, flags | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

int sysctl_read(const char *path, char *value, size_t size)
{
	int fd = open_path(path, O_RDONLY);
	ssize_t n;

	if (fd < 0)
		return fd;
	n = read(fd, value, size - 1);
	if (n < 0)
		n = -errno;
	close(fd);
	if (n < 0)
		return (int)n;
	while (n > 0 && value[n - 1] == '\n')
		n--;
	value[n] = 0;
	return 0;
}

int sysctl_write(const char *path, const char *value)
{
	int fd = open_path(path, O_WRONLY), rc = 0;

	if (fd < 0)
		return fd;
	if (write(fd, value, strlen(value)) < 0)
		rc = -errno;
	close(fd);
	return rc;
}

static const struct fresh {
	const char *path;
	int value;
} fresh_values[] = {
#define NS_SYSCTL(id, path_, how, def, min, max) { path_, def },
#include "model/sysctl.def"
#define DEV_SYSCTL(id, name_, def, min, max)                                                                           \
	{ "net/ipv4/conf/all/" name_, def }, { "net/ipv4/conf/default/" name_, def },                                  \
		{ "net/ipv4/conf/lo/" name_, def },
#include "model/sysctl.def"
	{ "net/ipv6/conf/all/disable_ipv6", 1 },
	{ "net/ipv6/conf/default/disable_ipv6", 1 },
	{ "net/ipv6/conf/lo/disable_ipv6", 1 },
	/* else segments that come while their reader holds the socket are acknowledged together (tcp_release_cb()) */
	{ "net/ipv4/tcp_backlog_ack_defer", 0 },
};

static bool is_bridge_nf(const char *path)
{
	return !strncmp(path, "net/bridge/", 11);
}

static int set(const struct fresh *f, int value, struct err *err)
{
	char want[16];
	int rc;

	snprintf(want, sizeof(want), "%d", value);
	rc = sysctl_write(f->path, want);
	return rc ? err_set(err, (struct loc){ 0 }, "/proc/sys/%s: %s", f->path, strerror(-rc)) : 0;
}

/* Sets it when it is something else; *differed says so. */
static int set_fresh(const struct fresh *f, int value, bool *differed, struct err *err)
{
	char now[64], want[16];
	int rc = sysctl_read(f->path, now, sizeof(now));

	snprintf(want, sizeof(want), "%d", value);
	/* not built into this kernel: a lab that needs it is told by its own command */
	*differed = rc != -ENOENT && (rc || strcmp(now, want));
	return *differed ? set(f, value, err) : 0;
}

static int set_bridge_nf(int value, struct err *err)
{
	bool differed;

	for (size_t i = 0; i < ARRAY_SIZE(fresh_values); i++)
		if (is_bridge_nf(fresh_values[i].path) && set_fresh(&fresh_values[i], value, &differed, err))
			return -1;
	return 0;
}

/* A new namespace begins with net.ipv4.conf.all and default as the first one of all has them just then
 * (net/ipv4/devinet.c devinet_init_net()); in the sandbox that is another one than the lab's host. The rows are in the
 * order in which one write does not undo another: all/forwarding sets others too. */
static int inherit(struct sandbox *s, const struct kns *ns, struct err *err)
{
	char value[ARRAY_SIZE(fresh_values)][16];
	bool conf[ARRAY_SIZE(fresh_values)] = { false };
	static const char lo[] = "net/ipv4/conf/lo/", other[] = "net/ipv4/conf/";
	int rc = 0;

	if (sandbox_go(s, s->first, err))
		return -1;
	for (size_t i = 0; i < ARRAY_SIZE(fresh_values) && !rc; i++) {
		const char *path = fresh_values[i].path;

		conf[i] = !strncmp(path, other, strlen(other));
		if (conf[i] && !strncmp(path, lo, strlen(lo))) /* follows default's, which it is made from */
			str_copy(value[i], sizeof(value[i]), value[i - 1]);
		else if (conf[i])
			rc = sysctl_read(path, value[i], sizeof(value[i]));
	}
	if (sandbox_go(s, ns, err))
		return -1;
	for (size_t i = 0; i < ARRAY_SIZE(fresh_values) && !rc; i++)
		if (conf[i])
			rc = sysctl_write(fresh_values[i].path, value[i]);
	return rc ? err_set(err, (struct loc){ 0 }, "what a namespace inherits: %s", strerror(-rc)) : 0;
}

/* Every new namespace begins alike: what the first one had as it should be, the others have too, and are not asked; the
 * rest is written without asking. A look-up below /proc/sys/net goes through all namespaces that were looked up. */
int sysctl_fresh(struct sandbox *s, struct kns *ns, struct err *err)
{
	_Static_assert(ARRAY_SIZE(fresh_values) <= SANDBOX_FRESH, "room for all of them");
	for (size_t i = 0; i < ARRAY_SIZE(fresh_values); i++) {
		const struct fresh *f = &fresh_values[i];

		if (is_bridge_nf(f->path))
			continue;
		if (ns == s->first) {
			if (set_fresh(f, f->value, &s->fresh_differs[i], err))
				return -1;
		} else if (s->fresh_differs[i] && set(f, f->value, err)) {
			return -1;
		}
	}
	if (ns != s->first && s->conf_changed && inherit(s, ns, err))
		return -1;
	ns->bridge_nf_set = s->br_netfilter;
	return s->br_netfilter ? set_bridge_nf(1, err) : 0;
}

int sysctl_before_bridge(struct sandbox *s, struct kns *ns, struct err *err)
{
	if (ns->bridge_nf_set)
		return 0;
	ns->bridge_nf_set = true;
	return sandbox_go(s, ns, err) || set_bridge_nf(0, err) ? -1 : 0;
}

int sysctl_load_br_netfilter(struct sandbox *s, struct err *err)
{
	char now[64];
	const struct kns *before = s->current;

	if (sysctl_read("net/bridge/bridge-nf-call-iptables", now, sizeof(now)))
		return err_set(err, (struct loc){ 0 }, "br_netfilter is not loaded on this machine");
	s->br_netfilter = true;
	for (struct kns *ns = s->first; ns; ns = ns->next) {
		ns->bridge_nf_set = true;
		if (sandbox_go(s, ns, err) || set_bridge_nf(1, err))
			return -1;
	}
	return sandbox_go(s, before, err);
}
