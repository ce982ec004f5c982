/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Waiting until links are at rest.
 *
 * Theory of operation. What follows from a change of carrier (the operational state, NETDEV_CHANGE: routes are marked
 * linkdown, neighbours go, ports of a bridge are disabled) the kernel does a second later at most, or at once when
 * somebody asks for that device alone (rtnl_getlink() calls linkwatch_sync_dev(); a dump does not). Nothing in a dump
 * tells that it is still to come where the carrier came and went again meanwhile. So each device that is up is asked
 * for, ports before their bridges, whose carrier follows from theirs. */
#include <errno.h>
#include <linux/if.h>
#include <linux/if_bridge.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <poll.h>
#include <stdlib.h>

#include "kernel/snapshot.h"
#include "model/bridge.h"

#define SETTLE_MS 3000 /* linkwatch waits a second at most between two rounds */
#define SETTLE_POLL_MS 5

struct unsettled {
	bool settled;
	struct link {
		int index;
		bool port;
	} * link; /* those that are up */
	unsigned n;
};

static int on_settle(const struct nlmsghdr *h, void *ctx)
{
	struct unsettled *l = ctx;
	const struct ifinfomsg *ifi = nl_extra(h);
	const struct nlattr *tb[IFLA_MAX + 1], *info[IFLA_INFO_MAX + 1], *port[IFLA_BRPORT_MAX + 1];
	bool carrier, running = ifi->ifi_flags & IFF_RUNNING;
	uint8_t oper;

	nl_attrs(h, sizeof(*ifi), tb, IFLA_MAX);
	nl_nested(tb[IFLA_LINKINFO], info, IFLA_INFO_MAX);
	if (ifi->ifi_flags & IFF_LOOPBACK || !tb[IFLA_OPERSTATE] || !(ifi->ifi_flags & IFF_UP))
		return MNL_CB_OK;
	carrier = !tb[IFLA_CARRIER] || nl_u8(tb[IFLA_CARRIER]);
	oper = nl_u8(tb[IFLA_OPERSTATE]);
	if (carrier != (oper == OPER_UP || oper == OPER_UNKNOWN) || carrier != running)
		l->settled = false;
	l->link = xrealloc(l->link, (l->n + 1) * sizeof(*l->link));
	l->link[l->n++] = (struct link){ ifi->ifi_index, tb[IFLA_MASTER] };
	if (!info[IFLA_INFO_SLAVE_DATA])
		return MNL_CB_OK;
	nl_nested(info[IFLA_INFO_SLAVE_DATA], port, IFLA_BRPORT_MAX);
	if (!carrier && port[IFLA_BRPORT_STATE] && nl_u8(port[IFLA_BRPORT_STATE]) != BR_DISABLED)
		l->settled = false;
	return MNL_CB_OK;
}

static void again_settle(void *ctx)
{
	struct unsettled *l = ctx;

	l->settled = true;
	l->n = 0;
}

static int pass_over(const struct nlmsghdr *h, void *ctx)
{
	(void)h;
	(void)ctx;
	return MNL_CB_OK;
}

static int sync_links(struct nl *nl, const struct unsettled *l, bool ports)
{
	uint8_t buf[NL_BUF];

	for (unsigned i = 0; i < l->n; i++) {
		struct nlmsghdr *h = nl_begin(buf, RTM_GETLINK, 0, sizeof(struct ifinfomsg));
		struct ifinfomsg *ifi = nl_extra(h);
		int rc;

		if (l->link[i].port != ports)
			continue;
		ifi->ifi_index = l->link[i].index;
		rc = nl_ask(nl, h, pass_over, NULL);
		if (rc && rc != -ENODEV)
			return rc;
	}
	return 0;
}

static int ns_settled(struct sandbox *s, struct kns *k, bool *settled, struct err *err)
{
	uint8_t buf[NL_BUF];
	struct nl *nl = sandbox_route(s, k, err);
	struct unsettled l = { .settled = true };
	int rc;

	if (!nl)
		return -1;
	rc = nl_dump(nl, nl_begin(buf, RTM_GETLINK, 0, sizeof(struct ifinfomsg)), on_settle, again_settle, &l);
	if (!rc)
		rc = sync_links(nl, &l, true);
	if (!rc)
		rc = sync_links(nl, &l, false);
	free(l.link);
	*settled = l.settled;
	return rc ? err_set(err, (struct loc){ 0 }, "reading the kernel's links: %s", strerror(-rc)) : 0;
}

int snapshot_settle(struct sandbox *s, unsigned *unsettled, struct err *err)
{
	*unsettled = 0;
	for (struct kns *k = s->first; k; k = k->next) {
		bool settled = !k->links_changed;

		for (unsigned ms = 0; !settled && ms < SETTLE_MS; ms += SETTLE_POLL_MS) {
			if (ms > SETTLE_POLL_MS) /* once that it was asked for it is so, mostly */
				poll(NULL, 0, SETTLE_POLL_MS);
			if (ns_settled(s, k, &settled, err))
				return -1;
		}
		*unsettled += !settled;
	}
	return 0;
}
