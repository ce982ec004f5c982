/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sysctl(8) of procps-ng 4.0.2, and cat(1) of files below /proc/sys. A command that names several keys is a chain of
 * operations, done in order whatever the others answer. A key is refused when the model has no such sysctl: that
 * is told apart from one that the machine does not have either (a device that does not exist), which fails as there. */
#include <stdlib.h>
#include <string.h>

#include "model/cmd.h"

#define PATH_SIZE 256

static const char usage[] =
	"\nUsage:\n sysctl [options] [variable[=value] ...]\n\nOptions:\n"
	"  -a, --all            display all variables\n"
	"  -A                   alias of -a\n"
	"  -X                   alias of -a\n"
	"      --deprecated     include deprecated parameters to listing\n"
	"      --dry-run        Print the key and values but do not write\n"
	"  -b, --binary         print value without new line\n"
	"  -e, --ignore         ignore unknown variables errors\n"
	"  -N, --names          print variable names without values\n"
	"  -n, --values         print only values of the given variable(s)\n"
	"  -p, --load[=<file>]  read values from file\n"
	"  -f                   alias of -p\n"
	"      --system         read values from all system directories\n"
	"  -r, --pattern <expression>\n"
	"                       select setting that match expression\n"
	"  -q, --quiet          do not echo variable set\n"
	"  -w, --write          enable writing a value to variable\n"
	"  -o                   does nothing\n"
	"  -x                   does nothing\n"
	"  -d                   alias of -h\n"
	"\n -h, --help     display this help and exit\n -V, --version  output version information and exit\n"
	"\nFor more details see sysctl(8).\n";

static const char *const ns_paths[] = {
#define NS_SYSCTL(id, path, how, def, min, max) path,
#include "model/sysctl.def"
};
static const char *const conf_names[] = {
#define DEV_SYSCTL(id, name, def, min, max) name,
#include "model/sysctl.def"
};
static const char *const neigh_names[] = {
#define NEIGH_SYSCTL(id, name, how, def, min, max) name,
#include "model/sysctl.def"
};

static bool listed(const char *s, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(s, list[i]))
			return true;
	return false;
}

/* PREFIX DEV "/" NAME with a name from the list. */
static bool per_device(const char *path, const char *prefix, const char *const *list, size_t n)
{
	size_t len = strlen(prefix);
	const char *name = strncmp(path, prefix, len) ? NULL : strchr(path + len, '/');

	return name && name > path + len && listed(name + 1, list, n);
}

static bool modelled(const char *path)
{
	return listed(path, ns_paths, ARRAY_SIZE(ns_paths)) ||
	       per_device(path, "net/ipv4/conf/", conf_names, ARRAY_SIZE(conf_names)) ||
	       per_device(path, "net/ipv4/neigh/", neigh_names, ARRAY_SIZE(neigh_names));
}

/* Swaps dots and slashes when the first of them is a dot, as slashdot() of procps does. */
static void swap(char *s)
{
	for (; *s; s++)
		*s = *s == '.' ? '/' : *s == '/' ? '.' : *s;
}

/* Adds an op behind those of the chain; the first uses `op` itself. */
static struct op *chain(struct op *op, struct op **last)
{
	struct op *o = op;

	if (*last) {
		o = xcalloc(1, sizeof(*o));
		*o = (struct op){ .kind = OP_CANNED, .loc = op->loc, .ns_how = op->ns_how, .tool = op->tool };
		op_set_ns(o, op_ns(op));
		(*last)->next = o;
	}
	*last = o;
	return o;
}

struct sysctl_options {
	bool write, quiet, value_only, ignore, help;
};

/* Only what IPv6 would be: switching it off changes nothing in a model without it. */
static bool ipv6_off(const char *path)
{
	size_t len = strlen(path), tail = strlen("/disable_ipv6");

	return !strncmp(path, "net/ipv6/conf/", 14) && len > tail && !strcmp(path + len - tail, "/disable_ipv6");
}

static int setting(const struct cmd *c, struct op *op, const struct sysctl_options *o, const char *w, struct loc loc,
	struct err *err)
{
	struct op_sysctl s = { .quiet = o->quiet, .value_only = o->value_only, .ignore = o->ignore };
	const char *equals = strchr(w, '=');
	size_t size = equals ? (size_t)(equals - w) : strlen(w), first;
	const char *value = equals ? equals + 1 + strspn(equals + 1, " \t\n") : "";
	size_t value_size = strlen(value);
	char path[PATH_SIZE], shown[PATH_SIZE];

	while (size && strchr(" \t\n", w[size - 1]))
		size--;
	while (value_size && strchr(" \t\n", value[value_size - 1]))
		value_size--;
	if (!size)
		return cmd_refuse(c, loc, err, "sysctl: an empty key");
	if (size >= sizeof(path) || value_size >= sizeof(s.value))
		return cmd_refuse(c, loc, err, "sysctl: so long a key or value");
	memcpy(path, w, size);
	path[size] = 0;
	first = strcspn(path, "./");
	if (path[first] == '.')
		swap(path);
	memcpy(shown, path, size + 1);
	swap(shown);
	memcpy(s.value, value, value_size);
	s.write = equals;
	if (s.write && ipv6_off(path) && !strcmp(s.value, "1")) {
		op->kind = OP_CANNED;
		if (!s.quiet && !s.value_only)
			buf_printf(&op->canned.res.out, "%s = ", shown);
		if (!s.quiet)
			buf_printf(&op->canned.res.out, "%s\n", s.value);
		return 0;
	}
	if (!modelled(path))
		return cmd_refuse(c, loc, err, "sysctl: key %s", shown);
	s.path = xstrdup(path);
	s.shown = xstrdup(shown);
	op->kind = OP_SYSCTL;
	op->sysctl = s;
	return 0;
}

static bool option(struct sysctl_options *o, const char *w)
{
	static const struct {
		char letter;
		const char *name;
	} names[] = {
		{ 'w', "--write" },
		{ 'q', "--quiet" },
		{ 'n', "--values" },
		{ 'e', "--ignore" },
		{ 'h', "--help" },
	};
	char letters[32] = "";

	if (w[1] == '-') {
		for (size_t i = 0; i < ARRAY_SIZE(names); i++)
			if (!strcmp(w, names[i].name))
				letters[0] = names[i].letter;
	} else if (!str_copy(letters, sizeof(letters), w + 1)) {
		return false;
	}
	for (const char *l = letters; *l; l++) {
		switch (*l) {
		case 'w':
			o->write = true;
			break;
		case 'q':
			o->quiet = true;
			break;
		case 'n':
			o->value_only = true;
			break;
		case 'e':
			o->ignore = true;
			break;
		case 'd':
		case 'h':
			o->help = true;
			break;
		case 'o':
		case 'x':
			break;
		default:
			return false;
		}
	}
	return *letters;
}

int cmd_sysctl(struct cmd *c, struct op *op, struct err *err)
{
	struct sysctl_options o = { 0 };
	struct op *last = NULL;
	const char *w;

	if (!cmd_peek(c))
		return cmd_fail(op, 1, "%s", usage);
	/* getopt stops at the first key here: after it, a word with a dash is a key (and a wrong one) */
	for (; (w = cmd_peek(c)) && w[0] == '-' && w[1]; cmd_next(c))
		if (!option(&o, w))
			return cmd_refuse(c, cmd_loc(c), err, "sysctl: option %s", w);
	if (o.help) {
		op->kind = OP_CANNED;
		buf_puts(&op->canned.res.out, usage);
		return 0;
	}
	if (!w)
		return cmd_fail(op, 1, "sysctl: no variables specified\nTry `sysctl --help' for more information.\n");
	for (; (w = cmd_peek(c)); cmd_next(c)) {
		struct op *one = chain(op, &last);

		if (o.write && !strchr(w, '='))
			return cmd_fail(one, 1, "sysctl: command line(0): invalid syntax, continuing...\n");
		if (setting(c, one, &o, w, cmd_loc(c), err))
			return -1;
	}
	return 0;
}

int cmd_cat(struct cmd *c, struct op *op, struct err *err)
{
	static const char proc[] = "/proc/sys/";
	struct op *last = NULL;
	const char *w;

	op->kind = OP_CANNED;
	if (!cmd_peek(c) && c->input) {
		buf_put(&op->canned.res.out, c->input, c->input_size);
		return 0;
	}
	if (!cmd_peek(c))
		return cmd_refuse(c, cmd_loc(c), err, "cat of the standard input");
	for (; (w = cmd_peek(c)); cmd_next(c)) {
		struct op_sysctl s = { .by_file = true, .value_only = true };
		struct op *one = chain(op, &last);

		if (strncmp(w, proc, strlen(proc)) || !modelled(w + strlen(proc)) || strlen(w) >= PATH_SIZE)
			return cmd_refuse(c, cmd_loc(c), err, "cat: %.200s", w);
		s.path = xstrdup(w + strlen(proc));
		s.shown = xstrdup(w);
		one->kind = OP_SYSCTL;
		one->sysctl = s;
	}
	return 0;
}

int cmd_to_file(const struct cmd *c, struct op *op, const char *path, struct loc loc, struct err *err)
{
	static const char proc[] = "/proc/sys/";
	struct op_sysctl s = { .by_file = true, .write = true };
	struct buf text = { 0 };
	size_t size;

	if (strncmp(path, proc, strlen(proc)))
		return cmd_refuse(c, loc, err, "output to a file (%.200s)", path);
	if (op->kind != OP_CANNED || op->canned.res.status || op->next || !op->tool || strcmp(op->tool, "echo"))
		return cmd_refuse(c, loc, err, "writing to /proc/sys by anything but echo");
	if (!modelled(path + strlen(proc)) || strlen(path) >= PATH_SIZE)
		return cmd_refuse(c, loc, err, "writing to %.200s", path);
	buf_puts(&text, buf_str(&op->canned.res.out));
	size = text.size;
	while (size && strchr(" \t\n", text.data[size - 1]))
		size--;
	if (size >= sizeof(s.value)) {
		buf_release(&text);
		return cmd_refuse(c, loc, err, "so long a value for /proc/sys");
	}
	if (size)
		memcpy(s.value, text.data, size);
	buf_release(&text);
	s.path = xstrdup(path + strlen(proc));
	s.shown = xstrdup(path);
	op_release(op); /* with its namespace: it is the shell that opens the file, wherever the command runs */
	op->kind = OP_SYSCTL;
	op->sysctl = s;
	op->ns_how = NS_HERE;
	return 0;
}
