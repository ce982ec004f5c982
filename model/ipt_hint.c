/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What would work instead of a command line that fails because iptables doesn't know an option yet: extensions bring
 * their options along when they are loaded, so that an option must stand behind the -p, -m or -j that it belongs to.
 * The unknown option is looked up in the tables of all extensions; the words are put where the extension needs them,
 * and the result is a hint only when the parser then takes it. */
#include <stdlib.h>
#include <string.h>

#include "model/ipt_parse.h"

#define HINT_ROUNDS 6 /* each repairs one option */
#define HINT_WORDS 64

struct words {
	struct word w[HINT_WORDS];
	unsigned n;
};

static bool insert(struct words *x, unsigned at, const char *first, const char *second, struct loc loc)
{
	if (x->n + 2 > HINT_WORDS)
		return false;
	memmove(&x->w[at + 2], &x->w[at], (x->n - at) * sizeof(*x->w));
	x->w[at] = (struct word){ .text = (char *)(uintptr_t)first, .loc = loc };
	x->w[at + 1] = (struct word){ .text = (char *)(uintptr_t)second, .loc = loc };
	x->n += 2;
	return true;
}

static bool has_option(const struct ipt_ext *ext, const char *word)
{
	for (unsigned i = 0; i < ext->options; i++)
		if (!strcmp(ext->option[i].name, word))
			return true;
	return false;
}

static unsigned find_word(const struct words *x, const char *shorter, const char *longer)
{
	unsigned i = 0;

	while (i < x->n && strcmp(x->w[i].text, shorter) && strcmp(x->w[i].text, longer))
		i++;
	return i;
}

/* Before the option's own "!". */
static unsigned place(const struct words *x, unsigned at)
{
	return at && !strcmp(x->w[at - 1].text, "!") ? at - 1 : at;
}

static bool repair_match(struct words *x, unsigned at, const char *option)
{
	bool has_protocol = find_word(x, "-p", "--protocol") < x->n;

	for (unsigned i = 0; ipt_match_ext(i); i++) {
		const struct ipt_ext *ext = ipt_match_ext(i);
		bool of_protocol = ext->kind == IPT_TCP || ext->kind == IPT_UDP || ext->kind == IPT_ICMP;

		if (!has_option(ext, option))
			continue;
		if (of_protocol && has_protocol)
			return false;
		return insert(x, place(x, at), of_protocol ? "-p" : "-m", ext->name, x->w[at].loc);
	}
	return false;
}

/* Moves "-j TARGET" in front of the option. */
static bool repair_target(struct words *x, unsigned at, const char *option)
{
	unsigned j = find_word(x, "-j", "--jump");
	const struct ipt_ext *ext = j + 1 < x->n ? ipt_target_find(x->w[j + 1].text) : NULL;
	struct word moved[2];

	if (!ext || j < at || !has_option(ext, option))
		return false;
	memcpy(moved, &x->w[j], sizeof(moved));
	memmove(&x->w[at + 2], &x->w[at], (j - at) * sizeof(*x->w));
	memcpy(&x->w[at], moved, sizeof(moved));
	return true;
}

static bool repair(struct words *x, const char *unknown)
{
	char option[64] = "";
	unsigned at = find_word(x, unknown, unknown);

	if (at == x->n || strncmp(unknown, "--", 2) || strcspn(unknown, "=") >= sizeof(option))
		return false;
	memcpy(option, unknown + 2, strcspn(unknown + 2, "="));
	return repair_target(x, at, option) || repair_match(x, at, option);
}

static char *print(const struct words *x)
{
	struct buf b = { 0 };

	buf_puts(&b, "this works: iptables");
	for (unsigned i = 0; i < x->n; i++)
		buf_printf(&b, strpbrk(x->w[i].text, " \t\n\"'\\$") || !*x->w[i].text ? " '%s'" : " %s", x->w[i].text);
	return buf_steal(&b);
}

char *ipt_hint(const struct ipt_parse *failed)
{
	struct words x = { .n = failed->n };
	const char *unknown = failed->unknown;

	if (failed->n > HINT_WORDS)
		return NULL;
	memcpy(x.w, failed->w, failed->n * sizeof(*x.w));
	for (unsigned i = 0; i < HINT_ROUNDS; i++) {
		struct op op = { .kind = OP_CANNED };
		struct ipt_parse p = { .c = failed->c, .op = &op, .w = x.w };

		if (!unknown || !repair(&x, unknown))
			return NULL;
		p.n = x.n;
		if (!ipt_parse_words(&p)) {
			free(p.cmd.more);
			return print(&x);
		}
		unknown = p.rc ? NULL : p.unknown;
		op_release(&op);
	}
	return NULL;
}
