/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The `#:` comments of a lab: expectations about a command, and hints for its reader. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/buf.h"
#include "model/script.h"

struct note {
	const char *text, *at;
	struct loc loc; /* of text */
};

static struct loc here(const struct note *n)
{
	struct loc loc = n->loc;

	loc.col += (unsigned)(n->at - n->text);
	return loc;
}

static void skip_space(struct note *n)
{
	n->at += strspn(n->at, " \t");
}

/* True, and moved behind it, when the next word is `w`. */
static bool word(struct note *n, const char *w)
{
	size_t len = strlen(w);

	if (strncmp(n->at, w, len) || (n->at[len] && !strchr(" \t,\"", n->at[len])))
		return false;
	n->at += len;
	skip_space(n);
	return true;
}

static int set_status(struct expect *e, struct loc loc, bool fail, int status, struct err *err)
{
	if (e->status_set || e->fail)
		return err_set(err, loc, "a second status is expected of one command");
	e->fail = fail;
	e->status_set = !fail;
	e->status = status;
	return 0;
}

static int number(struct note *n, int *out, struct err *err)
{
	char *end;
	long v = strtol(n->at, &end, 10);

	if (*n->at < '0' || *n->at > '9' || v > 255 || (*end && !strchr(" \t,", *end)))
		return err_set(err, here(n), "'status' wants a number from 0 to 255");
	n->at = end;
	*out = (int)v;
	return 0;
}

static int quoted(struct note *n, char **out, struct err *err)
{
	struct loc open = here(n);
	struct buf b = { 0 };

	if (*n->at != '"')
		return err_set(err, open, "'output' wants a text in double quotes");
	for (n->at++; *n->at && *n->at != '"'; n->at++) {
		if (*n->at == '\\' && (n->at[1] == '"' || n->at[1] == '\\'))
			n->at++;
		buf_putc(&b, *n->at);
	}
	if (!*n->at || !b.size) {
		bool open_end = !*n->at;

		buf_release(&b);
		return err_set(err, open, open_end ? "the text has no closing quote" : "the text is empty");
	}
	n->at++;
	*out = buf_steal(&b);
	return 0;
}

static void add(char ***list, unsigned *n, char *text)
{
	*list = xrealloc(*list, (*n + 1) * sizeof(**list));
	(*list)[(*n)++] = text;
}

static int what(struct expect *e, struct note *n, struct err *err)
{
	struct loc loc = here(n);
	char *text = NULL;
	int status = 0;

	if (word(n, "ok"))
		return set_status(e, loc, false, 0, err);
	if (word(n, "fail"))
		return set_status(e, loc, true, 0, err);
	if (word(n, "status"))
		return number(n, &status, err) ? -1 : set_status(e, loc, false, status, err);
	if (word(n, "no")) {
		if (!word(n, "output"))
			return err_set(err, here(n), "'no' is followed by 'output \"TEXT\"'");
		if (quoted(n, &text, err))
			return -1;
		add(&e->no_text, &e->no_texts, text);
		return 0;
	}
	if (word(n, "output")) {
		if (quoted(n, &text, err))
			return -1;
		add(&e->text, &e->texts, text);
		return 0;
	}
	return err_set(err, loc, "an expectation is one of: ok, fail, status N, output \"TEXT\", no output \"TEXT\"");
}

static int expectations(struct expect *e, struct note *n, struct err *err)
{
	if (!e->given)
		e->loc = n->loc;
	e->given = true;
	do {
		if (what(e, n, err))
			return -1;
		skip_space(n);
		if (*n->at == ',') {
			n->at++;
			skip_space(n);
			if (!*n->at)
				return err_set(err, here(n), "nothing follows the comma");
		}
	} while (*n->at);
	return 0;
}

static int keep_hint(char **hint, struct note *n, struct err *err)
{
	struct buf b = { 0 };

	if (!*n->at)
		return err_set(err, here(n), "'hint' wants a text");
	if (*hint)
		buf_printf(&b, "%s\n", *hint);
	buf_puts(&b, n->at);
	free(*hint);
	*hint = buf_steal(&b);
	return 0;
}

int expect_parse(struct expect *e, char **hint, const char *text, struct loc loc, struct err *err)
{
	struct note n = { .text = text, .at = text, .loc = loc };

	skip_space(&n);
	if (word(&n, "expect"))
		return expectations(e, &n, err);
	if (word(&n, "hint"))
		return keep_hint(hint, &n, err);
	return err_set(err, here(&n), "'#:' is followed by 'expect' or 'hint'");
}

static void print_text(struct buf *out, const char *word_, const char *text)
{
	buf_printf(out, "%s \"", word_);
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			buf_putc(out, '\\');
		buf_putc(out, *text);
	}
	buf_putc(out, '"');
}

void expect_print(struct buf *out, const struct expect *e)
{
	const char *comma = "";

	if (e->fail) {
		buf_puts(out, "fail");
		comma = ", ";
	} else if (e->status_set) {
		if (e->status)
			buf_printf(out, "status %d", e->status);
		else
			buf_puts(out, "ok");
		comma = ", ";
	}
	for (unsigned i = 0; i < e->texts; i++, comma = ", ") {
		buf_puts(out, comma);
		print_text(out, "output", e->text[i]);
	}
	for (unsigned i = 0; i < e->no_texts; i++, comma = ", ") {
		buf_puts(out, comma);
		print_text(out, "no output", e->no_text[i]);
	}
}

static bool contains(const struct command *c, const char *text)
{
	size_t len = strlen(text);

	return memmem(buf_str(&c->res.out), c->res.out.size, text, len) ||
	       memmem(buf_str(&c->res.err), c->res.err.size, text, len);
}

static void unmet(struct command *c, const char *expected, const char *text, const char *came)
{
	struct buf b = { 0 };

	c->expect_met = false;
	buf_printf(&b, "%s%sexpected %s%s%s%s; %s", c->why ? c->why : "", c->why ? "; " : "", expected,
		*text ? " \"" : "", text, *text ? "\"" : "", came);
	free(c->why);
	c->why = buf_steal(&b);
}

void expect_check(struct command *c)
{
	const struct expect *e = &c->expect;
	bool status_given = e->fail || e->status_set;
	char wanted[32], came[32];

	c->expect_met = true;
	free(c->why);
	c->why = NULL;
	snprintf(came, sizeof(came), "status %d came", c->res.status);
	if (e->status_set && c->res.status != e->status) {
		snprintf(wanted, sizeof(wanted), "status %d", e->status);
		unmet(c, wanted, "", came);
	} else if (e->fail && !c->res.status) {
		unmet(c, "a failure", "", "it succeeded");
	} else if (!status_given && c->res.status && !c->tested) {
		unmet(c, "status 0", "", came);
	}
	for (unsigned i = 0; i < e->texts; i++)
		if (!contains(c, e->text[i]))
			unmet(c, "the output", e->text[i], "it is not there");
	for (unsigned i = 0; i < e->no_texts; i++)
		if (contains(c, e->no_text[i]))
			unmet(c, "no output", e->no_text[i], "it is there");
}
