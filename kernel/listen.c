/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Theory of operation. A netlink socket that has joined groups gets a copy of each message that the kernel sends to
 * them in the socket's namespace (net/netlink/af_netlink.c netlink_broadcast()), from the moment on when it joined. A
 * message that finds no room in the socket's buffer is gone; the next read says so, once (ENOBUFS). The socket keeps
 * its namespace alive: it is closed when the namespace is to go. */
#include "kernel/listen.h"

#include <errno.h>
#include <linux/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#define ROOM (4u << 20) /* bytes of a socket's buffer: about 5000 messages as the kernel counts them */

static struct mnl_socket *join(const struct listeners *ls)
{
	struct mnl_socket *sock = mnl_socket_open2(ls->family, SOCK_CLOEXEC | SOCK_NONBLOCK);
	int room = ROOM, err = 0;

	if (!sock)
		return NULL;
	/* the first is for root; the other goes as far as net.core.rmem_max */
	if (setsockopt(mnl_socket_get_fd(sock), SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room)))
		setsockopt(mnl_socket_get_fd(sock), SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	if (mnl_socket_bind(sock, 0, MNL_SOCKET_AUTOPID) < 0)
		err = errno;
	for (unsigned i = 0; i < ls->groups && !err; i++)
		if (mnl_socket_setsockopt(sock, NETLINK_ADD_MEMBERSHIP, (void *)&ls->group[i], sizeof(int)) < 0)
			err = errno;
	if (!err)
		return sock;
	mnl_socket_close(sock);
	errno = err;
	return NULL;
}

struct listeners *listen_new(int family, const unsigned *group, unsigned groups,
	void (*message)(void *ctx, struct listener *l, const struct nlmsghdr *h), void *ctx)
{
	struct listeners *ls = xcalloc(1, sizeof(*ls));

	*ls = (struct listeners){ .family = family, .group = group, .groups = groups, .message = message, .ctx = ctx };
	return ls;
}

int listen_open(void *self, const char *ns, struct buf *why)
{
	struct listeners *ls = self;
	struct mnl_socket *sock = join(ls);
	struct listener *l;

	if (!sock) {
		buf_printf(why, "joining the groups of listeners: %s", strerror(errno));
		return -1;
	}
	l = xcalloc(1, sizeof(*l));
	l->ns = xstrdup(ns);
	l->sock = sock;
	l->next = ls->first;
	ls->first = l;
	listen_name(l, 1, "lo"); /* LOOPBACK_IFINDEX: all that a new namespace has */
	return 0;
}

static void drain_one(struct listeners *ls, struct listener *l)
{
	for (;;) {
		ssize_t got = mnl_socket_recvfrom(l->sock, ls->buf, sizeof(ls->buf));
		const struct nlmsghdr *h = (const struct nlmsghdr *)(const void *)ls->buf;
		int left = (int)got;

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0 && (errno == ENOBUFS || errno == ENOSPC)) {
			ls->lost++;
			continue;
		}
		if (got < 0)
			return;
		for (; nl_ok(h, left); h = mnl_nlmsg_next(h, &left))
			ls->message(ls->ctx, l, h);
	}
}

static void listener_free(struct listener *l)
{
	mnl_socket_close(l->sock);
	free(l->name);
	free(l->ns);
	free(l);
}

void listen_rename(void *self, const char *from, const char *to)
{
	struct listeners *ls = self;

	for (struct listener *l = ls->first; l; l = l->next) {
		if (strcmp(l->ns, from))
			continue;
		drain_one(ls, l);
		free(l->ns);
		l->ns = xstrdup(to);
	}
}

void listen_forget(void *self, const char *ns)
{
	struct listeners *ls = self;

	for (struct listener **at = &ls->first; *at; at = &(*at)->next) {
		struct listener *l = *at;

		if (strcmp(l->ns, ns))
			continue;
		drain_one(ls, l);
		*at = l->next;
		listener_free(l);
		return;
	}
}

void listen_drain(void *self)
{
	struct listeners *ls = self;

	for (struct listener *l = ls->first; l; l = l->next)
		drain_one(ls, l);
}

unsigned listen_poll(const void *self, struct pollfd *fds, unsigned max)
{
	const struct listeners *ls = self;
	unsigned n = 0;

	for (const struct listener *l = ls->first; l; l = l->next, n++)
		if (n < max)
			fds[n] = (struct pollfd){ .fd = mnl_socket_get_fd(l->sock), .events = POLLIN };
	return n;
}

uint64_t listen_lost(void *self)
{
	return ((struct listeners *)self)->lost;
}

void listen_free(void *self)
{
	struct listeners *ls = self;

	while (ls->first) {
		struct listener *l = ls->first;

		ls->first = l->next;
		listener_free(l);
	}
	free(ls);
}

static const char *find_name(const struct listener *l, int index)
{
	for (unsigned i = 0; i < l->names; i++)
		if (l->name[i].index == index)
			return l->name[i].name;
	return "";
}

const char *listen_dev(struct listener *l, int index)
{
	struct ifreq ifr = { .ifr_ifindex = index };
	const char *name = find_name(l, index);

	/* any socket of the namespace will do (net/core/dev_ioctl.c) */
	if (*name || ioctl(mnl_socket_get_fd(l->sock), SIOCGIFNAME, &ifr))
		return name;
	listen_name(l, index, ifr.ifr_name);
	return find_name(l, index);
}

bool listen_new_word(struct listener *l, int index, uint32_t told)
{
	for (unsigned i = 0; i < l->names; i++) {
		if (l->name[i].index != index)
			continue;
		if (l->name[i].told == told)
			return false;
		l->name[i].told = told;
	}
	return true;
}

void listen_name(struct listener *l, int index, const char *name)
{
	unsigned i = 0;

	while (i < l->names && l->name[i].index != index)
		i++;
	if (!name) {
		if (i < l->names)
			l->name[i] = l->name[--l->names];
		return;
	}
	if (i == l->names) {
		l->name = xrealloc(l->name, (l->names + 1) * sizeof(*l->name));
		l->name[l->names++] = (struct listen_name){ .index = index };
	}
	str_copy(l->name[i].name, sizeof(l->name[i].name), name);
}
