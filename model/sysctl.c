/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sysctls by path, and how net.ipv4.conf.all and conf.DEV combine (include/linux/inetdevice.h). */
#include <string.h>

#include "model/net.h"

struct row {
	const char *name;
	enum sysctl_how how;
	int32_t min, max;
};

static const struct row ns_rows[] = {
#define NS_SYSCTL(id, path, how, def, least, most) [NSC_##id] = { path, SYSCTL_##how, least, most },
#include "model/sysctl.def"
};
static const struct row conf_rows[] = {
#define DEV_SYSCTL(id, path, def, least, most) [DEVC_##id] = { path, SYSCTL_INT, least, most },
#include "model/sysctl.def"
};
static const struct row neigh_rows[] = {
#define NEIGH_SYSCTL(id, path, how, def, least, most) [NEIGHC_##id] = { path, SYSCTL_##how, least, most },
#include "model/sysctl.def"
};

/* IN_DEV_CONF_GET, IN_DEV_ORCONF, IN_DEV_ANDCONF, IN_DEV_MAXCONF: what each IN_DEV_* macro uses. */
static const enum {
	BY_DEV,
	BY_OR,
	BY_AND,
	BY_MAX
} combine[DEVC_NUM] = {
	[DEVC_FORWARDING] = BY_DEV,
	[DEVC_RP_FILTER] = BY_MAX,
	[DEVC_ACCEPT_LOCAL] = BY_OR,
	[DEVC_ROUTE_LOCALNET] = BY_OR,
	[DEVC_ARP_IGNORE] = BY_MAX,
	[DEVC_ARP_ANNOUNCE] = BY_MAX,
	[DEVC_ARP_FILTER] = BY_OR,
	[DEVC_ARP_ACCEPT] = BY_MAX,
	[DEVC_ARP_NOTIFY] = BY_MAX,
	[DEVC_ARP_EVICT_NOCARRIER] = BY_AND,
	[DEVC_PROXY_ARP] = BY_OR,
	[DEVC_SEND_REDIRECTS] = BY_OR,
	[DEVC_ACCEPT_REDIRECTS] = BY_AND, /* while the device forwards; else BY_OR */
	[DEVC_SECURE_REDIRECTS] = BY_OR,
	[DEVC_SHARED_MEDIA] = BY_OR,
	[DEVC_LOG_MARTIANS] = BY_OR,
	[DEVC_PROMOTE_SECONDARIES] = BY_OR,
	[DEVC_IGNORE_ROUTES_WITH_LINKDOWN] = BY_OR,
};

int32_t dev_conf(const struct dev *dev, enum dev_sysctl which)
{
	int32_t all = dev->ns->conf_all[which], own = dev->conf[which];

	if (which == DEVC_ACCEPT_REDIRECTS && !dev->conf[DEVC_FORWARDING])
		return all || own;
	switch (combine[which]) {
	case BY_DEV:
		return own;
	case BY_OR:
		return all || own;
	case BY_AND:
		return all && own;
	case BY_MAX:
		return all > own ? all : own;
	}
	bug("dev_conf: %d", (int)which);
}

/* The row with this name (the first len bytes of s), or -1. */
static int row_find(const struct row *rows, size_t n, const char *s, size_t len)
{
	for (size_t i = 0; i < n; i++)
		if (strlen(rows[i].name) == len && !memcmp(rows[i].name, s, len))
			return (int)i;
	return -1;
}

/* DEV "/" NAME; the device's name may hold what it likes but a slash. */
static bool split(const char *rest, char dev[IFNAMSIZ_], const char **name)
{
	const char *slash = strrchr(rest, '/');
	size_t len = slash ? (size_t)(slash - rest) : 0;

	if (!len || len >= IFNAMSIZ_ || memchr(rest, '/', len))
		return false;
	memcpy(dev, rest, len);
	dev[len] = 0;
	*name = slash + 1;
	return true;
}

static bool conf_find(struct ns *ns, const char *rest, struct sysctl_ref *out)
{
	char name[IFNAMSIZ_];
	const char *key;
	int i;

	if (!split(rest, name, &key))
		return false;
	i = row_find(conf_rows, ARRAY_SIZE(conf_rows), key, strlen(key));
	if (i < 0)
		return false;
	*out = (struct sysctl_ref){ .kind = SYSCTL_CONF,
		.index = i,
		.how = conf_rows[i].how,
		.min = conf_rows[i].min,
		.max = conf_rows[i].max };
	if (!strcmp(name, "all")) {
		out->which = CONF_ALL;
		out->value = &ns->conf_all[i];
	} else if (!strcmp(name, "default")) {
		out->which = CONF_DEFAULT;
		out->value = &ns->conf_default[i];
	} else {
		out->dev = dev_find(ns, name);
		if (!out->dev)
			return false;
		out->value = &out->dev->conf[i];
	}
	return true;
}

/* neigh/default is one for the whole system, and is seen from the initial namespace only. */
static bool neigh_find_path(struct ns *ns, const char *rest, struct sysctl_ref *out)
{
	char name[IFNAMSIZ_];
	const char *key;
	int i;

	if (!split(rest, name, &key))
		return false;
	i = row_find(neigh_rows, ARRAY_SIZE(neigh_rows), key, strlen(key));
	if (i < 0)
		return false;
	*out = (struct sysctl_ref){ .kind = SYSCTL_NEIGH,
		.index = i,
		.how = neigh_rows[i].how,
		.min = neigh_rows[i].min,
		.max = neigh_rows[i].max };
	if (!strcmp(name, "default")) {
		if (ns != ns->net->init)
			return false;
		out->which = CONF_DEFAULT;
		out->value = &ns->neigh_default[i];
		return true;
	}
	out->dev = dev_find(ns, name);
	if (!out->dev)
		return false;
	out->value = &out->dev->neigh_conf[i];
	return true;
}

/* sysctl(8): when a dot comes before any slash, dots separate and slashes stand for dots. */
static bool normalize(char to[256], const char *path)
{
	size_t first = strcspn(path, "./");
	bool swap = path[first] == '.';

	if (!str_copy(to, 256, path))
		return false;
	for (char *s = to; swap && *s; s++)
		*s = *s == '.' ? '/' : *s == '/' ? '.' : *s;
	return true;
}

bool sysctl_find(struct ns *ns, const char *path, struct sysctl_ref *out)
{
	static const char conf[] = "net/ipv4/conf/", neigh[] = "net/ipv4/neigh/", bridge[] = "net/bridge/";
	char p[256];
	int i;

	if (!normalize(p, path))
		return false;
	if (!strncmp(p, conf, strlen(conf)))
		return conf_find(ns, p + strlen(conf), out);
	if (!strncmp(p, neigh, strlen(neigh)))
		return neigh_find_path(ns, p + strlen(neigh), out);
	if (!strncmp(p, bridge, strlen(bridge)) && !ns->net->br_netfilter)
		return false;
	i = row_find(ns_rows, ARRAY_SIZE(ns_rows), p, strlen(p));
	if (i < 0)
		return false;
	*out = (struct sysctl_ref){ .kind = SYSCTL_NS,
		.index = i,
		.value = &ns->sysctl[i],
		.how = ns_rows[i].how,
		.min = ns_rows[i].min,
		.max = ns_rows[i].max };
	return true;
}
