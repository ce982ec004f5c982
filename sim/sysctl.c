/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sysctls read and written (kernel/sysctl.c proc_dointvec_minmax(), net/ipv4/devinet.c devinet_sysctl_forward(),
 * devinet_conf_proc(), net/core/neighbour.c neigh_proc_update()), and modules.
 *
 * Theory of operation. A value is parsed as the kernel does: the first number counts, what follows it must be set
 * apart by a blank. ip_forward and conf/all/forwarding are one switch for all devices. A write to conf/default
 * reaches also those devices that have neither an address nor a value of their own. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "model/sysctl_show.h"
#include "sim/ip_state.h"
#include "sim/jiffies.h"
#include "sim/ops.h"

#define USER_HZ 100

/* proc_get_long(): false = EINVAL. */
static bool parse(const char *text, bool *negative, uint64_t *out)
{
	char *end;

	text += strspn(text, " \t\n");
	*negative = *text == '-';
	text += *negative;
	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	*out = strtoull(text, &end, 0);
	return !errno && (!*end || strchr(" \t\n", *end));
}

/* What each of the kernel's converters makes of a number. Milliseconds lose what is above 32 bits; clock_t_to_jiffies()
 * takes a number without a sign, and of one that was negative it makes the greatest there is, which as an int is -1. */
static bool convert(enum sysctl_how how, bool negative, uint64_t v, int32_t *out)
{
	switch (how) {
	case SYSCTL_U8:
		if (negative)
			return false;
		break;
	case SYSCTL_MS:
		*out = (int32_t)(uint32_t)(negative ? -v : v);
		return true;
	case SYSCTL_USERHZ:
		*out = negative && v ? -1 : (int32_t)(uint32_t)(v * HZ / USER_HZ);
		return v <= (uint64_t)INT64_MAX / HZ * USER_HZ;
	case SYSCTL_INT:
	case SYSCTL_SECONDS:
		break;
	}
	*out = (int32_t)(uint32_t)(negative ? -v : v);
	return v <= (uint64_t)INT32_MAX + negative;
}

/* inet_forward_change() */
static void forward_change(struct sim *s, struct ns *ns, int32_t on)
{
	ns->sysctl[NSC_IP_FORWARD] = ns->conf_all[DEVC_FORWARDING] = on;
	ns->conf_all[DEVC_ACCEPT_REDIRECTS] = !on;
	ns->conf_default[DEVC_FORWARDING] = on;
	list_for_each (dev, &ns->devs, struct dev, ns_node)
		dev->conf[DEVC_FORWARDING] = on;
	route_cache_flush(s, ns);
}

/* devinet_copy_dflt_conf() */
static void copy_default(struct ns *ns, int index, int32_t v)
{
	list_for_each (dev, &ns->devs, struct dev, ns_node)
		if (!(dev->conf_own >> index & 1))
			dev->conf[index] = v;
}

static void conf_write(struct sim *s, struct ns *ns, const struct sysctl_ref *r, int32_t v)
{
	int32_t old = *r->value;

	if (r->index == DEVC_FORWARDING) {
		if (v != old && r->which == CONF_ALL)
			forward_change(s, ns, v);
		*r->value = v;
		if (v != old && r->which == CONF_DEV)
			route_cache_flush(s, ns);
		return;
	}
	*r->value = v;
	if (r->dev)
		r->dev->conf_own |= 1U << r->index;
	if (r->which == CONF_DEFAULT) {
		ns->conf_default_own |= 1U << r->index;
		copy_default(ns, r->index, v);
	}
	if (old && !v && (r->index == DEVC_ACCEPT_LOCAL || r->index == DEVC_ROUTE_LOCALNET))
		route_cache_flush(s, ns);
}

/* neigh_proc_update(), neigh_copy_dflt_parms() */
static void neigh_write(struct ns *ns, const struct sysctl_ref *r, int32_t v)
{
	*r->value = v;
	if (r->dev) {
		r->dev->neigh_conf_own |= 1U << r->index;
		return;
	}
	list_for_each (dev, &ns->devs, struct dev, ns_node)
		if (!(dev->neigh_conf_own >> r->index & 1))
			dev->neigh_conf[r->index] = v;
}

static bool is_bridge_call(int index)
{
	return index == NSC_BRIDGE_NF_CALL_IPTABLES || index == NSC_BRIDGE_NF_CALL_IP6TABLES ||
	       index == NSC_BRIDGE_NF_CALL_ARPTABLES;
}

static void ns_write(struct sim *s, struct ns *ns, const struct sysctl_ref *r, int32_t v)
{
	if (r->index == NSC_IP_FORWARD) {
		if (v != *r->value)
			forward_change(s, ns, v);
		return;
	}
	*r->value = is_bridge_call(r->index) ? v != 0 : v;
}

/* What was refused is the device's own value from then on all the same: devinet_conf_proc(), neigh_proc_update(). */
static int refuse(struct sim *s, struct ns *ns, const struct sysctl_ref *r)
{
	if (r->kind == SYSCTL_CONF && r->index != DEVC_FORWARDING)
		conf_write(s, ns, r, *r->value);
	else if (r->kind == SYSCTL_NEIGH)
		neigh_write(ns, r, *r->value);
	return EINVAL;
}

static int write_value(struct sim *s, struct ns *ns, const struct sysctl_ref *r, const char *text)
{
	bool negative;
	uint64_t number;
	int32_t v;

	if (!parse(text, &negative, &number) || !convert(r->how, negative, number, &v) || v < r->min || v > r->max)
		return refuse(s, ns, r);
	if (r->kind == SYSCTL_CONF)
		conf_write(s, ns, r, v);
	else if (r->kind == SYSCTL_NEIGH)
		neigh_write(ns, r, v);
	else
		ns_write(s, ns, r, v);
	return 0;
}

/* What is kept in ticks comes back rounded: milliseconds up, hundredths of a second down, to "-0" too. */
static void show_value(const struct sysctl_ref *r, char *to, size_t size)
{
	const int64_t tick = 1000 / (int64_t)HZ, v = *r->value;

	if (r->how == SYSCTL_MS)
		snprintf(to, size, "%" PRId64, (v + tick - 1) / tick * tick);
	else if (r->how == SYSCTL_USERHZ)
		snprintf(to, size, "%s%" PRId64, v < 0 ? "-" : "", (v < 0 ? -v : v) * USER_HZ / (int64_t)HZ);
	else
		snprintf(to, size, "%" PRId64, v);
}

void sysctl_apply(struct sim *s, struct ns *ns, const struct op_sysctl *o, struct answer *a, struct result *res)
{
	struct sysctl_ref r;
	char value[24];

	if (!sysctl_find(ns, o->path, &r)) {
		*a = (struct answer){ .kind = ANS_NO_FILE, .err = ENOENT };
		str_copy(a->name, sizeof(a->name), o->path);
		return;
	}
	if (o->write) {
		int err = write_value(s, ns, &r, o->value);

		if (err) {
			answer_errno(a, err, NULL);
			return;
		}
	}
	show_value(&r, value, sizeof(value));
	sysctl_show(o, value, res);
}

/* Loading br_netfilter makes its sysctls, all on, in every namespace (brnf_init_net()). */
void module_apply(struct sim *s, const struct op_module *o)
{
	if (strcmp(o->name, "br_netfilter"))
		return;
	if (!s->net->br_netfilter && !o->remove)
		list_for_each (ns, &s->net->namespaces, struct ns, node)
			ns->sysctl[NSC_BRIDGE_NF_CALL_IPTABLES] = ns->sysctl[NSC_BRIDGE_NF_CALL_IP6TABLES] =
				ns->sysctl[NSC_BRIDGE_NF_CALL_ARPTABLES] = 1;
	s->net->br_netfilter = !o->remove;
}
