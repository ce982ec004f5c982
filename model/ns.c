/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Network namespaces: born with lo and with the sysctls of a stock kernel. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/fib.h"
#include "model/net.h"

static const int32_t ns_defaults[] = {
#define NS_SYSCTL(id, path, how, def, min, max) [NSC_##id] = def,
#include "model/sysctl.def"
};
static const int32_t conf_defaults[] = {
#define DEV_SYSCTL(id, name, def, min, max) [DEVC_##id] = def,
#include "model/sysctl.def"
};
static const int32_t neigh_defaults[] = {
#define NEIGH_SYSCTL(id, name, how, def, min, max) [NEIGHC_##id] = def,
#include "model/sysctl.def"
};

static uint32_t name_hash(const char *name)
{
	return hash_bytes(name, strlen(name), 1);
}

/* devinet_init_net(): all and default of a new namespace are copies of the initial one's. */
static void sysctls_init(struct ns *ns)
{
	const struct ns *init = ns->net->init;

	memcpy(ns->sysctl, ns_defaults, sizeof(ns->sysctl));
	memcpy(ns->conf_all, init ? init->conf_all : conf_defaults, sizeof(ns->conf_all));
	memcpy(ns->conf_default, init ? init->conf_default : conf_defaults, sizeof(ns->conf_default));
	memcpy(ns->neigh_default, neigh_defaults, sizeof(ns->neigh_default));
	ns->sysctl[NSC_IP_FORWARD] = ns->conf_all[DEVC_FORWARDING];
}

struct ns *ns_new(struct net *net, const char *name)
{
	struct ns *ns = xcalloc(1, sizeof(*ns));

	if (ns_find(net, name))
		bug("namespace %s exists", name);
	ns->id = net->next_ns_id++;
	ns->net = net;
	ns->name = xstrdup(name);
	ns->label = xstrdup(*name ? name : "host");
	list_init(&ns->devs);
	list_init(&ns->nsid_of);
	ns->next_ifindex = 1;
	list_add_tail(&net->namespaces, &ns->node);
	htab_add(&net->ns_by_name, &ns->by_name, name_hash(name));
	sysctls_init(ns);
	ns->ip_id = (uint16_t)net_random(net);
	ns->fib = fib_new(ns);
	ns->lo = dev_new(ns, DEV_LO, "lo", 0);
	return ns;
}

void ns_free(struct ns *ns)
{
	nsid_forget(ns);
	fib_free(ns->fib);
	list_for_each_safe (dev, &ns->devs, struct dev, ns_node) {
		list_for_each_safe (a, &dev->addrs, struct ifaddr, node)
			ifaddr_free(a);
		dev_free(dev);
	}
	if (ns->unnamed)
		ns->net->unnamed--;
	else
		htab_del(&ns->net->ns_by_name, &ns->by_name);
	list_del(&ns->node);
	free(ns->name);
	free(ns->label);
	free(ns);
}

void ns_nameless_label(char *to, const char *name, unsigned n)
{
	if (n > 1)
		snprintf(to, NSLABEL_SIZE, "%s (-%u)", name, n);
	else
		snprintf(to, NSLABEL_SIZE, "%s (-)", name);
}

static bool label_taken(const struct net *net, const char *label)
{
	list_for_each (ns, &net->namespaces, struct ns, node)
		if (ns->unnamed && !strcmp(ns->label, label))
			return true;
	return false;
}

void ns_unname(struct ns *ns)
{
	char label[NSLABEL_SIZE];
	unsigned n = 1;

	do
		ns_nameless_label(label, ns->name, n++);
	while (label_taken(ns->net, label));
	htab_del(&ns->net->ns_by_name, &ns->by_name);
	ns->net->unnamed++;
	ns->unnamed = true;
	ns->name[0] = 0;
	ns->trace_name = 0;
	free(ns->label);
	ns->label = xstrdup(label);
}

struct ns *ns_find(const struct net *net, const char *name)
{
	uint32_t hash = name_hash(name);

	for (struct hnode *n = htab_first(&net->ns_by_name, hash); n; n = htab_next(n)) {
		struct ns *ns = container_of(n, struct ns, by_name);

		if (!strcmp(ns->name, name))
			return ns;
	}
	return NULL;
}
