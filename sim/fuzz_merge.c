/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads back what `pktwalk fuzz --json` wrote (sim/fuzz_report.c). Each line is a flat object of strings, numbers and
 * booleans; what a file leaves out, doubles or breaks off is an error with its line. Counts are made from the labs'
 * lines, not from the summaries, which only say that a file is whole. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/fuzz_state.h"

#define MEMBERS 32

struct member { /* "name": "text" or a number; both NUL-terminated in the line's own copy */
	char *name, *value;
};
struct object {
	struct member m[MEMBERS];
	unsigned n;
};
struct lab_id {
	uint64_t run, index;
};
struct fuzz_merge {
	struct fuzz_tally tally;
	struct lab_id *lab;
	size_t labs, cap;
	struct buf findings; /* in words */
	char kernel[64], user[48];
};

struct fuzz_merge *fuzz_merge_new(void)
{
	return xcalloc(1, sizeof(struct fuzz_merge));
}

/* ---- one line ---- */

static char *skip(char *s)
{
	return s + strspn(s, " \t\r");
}

/* An escape, behind its backslash (what is outside of ASCII never is one). */
static char *put_escape(char *to, const char **at)
{
	unsigned v;
	char hex[5] = "";

	switch (**at) {
	case 'n':
		*to++ = '\n';
		break;
	case 't':
		*to++ = '\t';
		break;
	case 'r':
		*to++ = '\r';
		break;
	case 'b':
		*to++ = '\b';
		break;
	case 'f':
		*to++ = '\f';
		break;
	case 'u':
		if (strlen(*at) < 5)
			return NULL;
		memcpy(hex, *at + 1, 4);
		if (strspn(hex, "0123456789abcdefABCDEF") != 4)
			return NULL;
		v = (unsigned)strtoul(hex, NULL, 16);
		*to++ = v && v < 128 ? (char)v : '?';
		*at += 4;
		break;
	default:
		*to++ = **at;
	}
	(*at)++;
	return to;
}

/* The string that starts at s, with its quote; decoded in place. Returns what is behind it, or NULL. */
static char *read_string(char *s, char **out)
{
	const char *at = s + 1;
	char *to = s;

	if (*s != '"')
		return NULL;
	*out = s;
	while (*at && *at != '"') {
		if (*at != '\\') {
			*to++ = *at++;
			continue;
		}
		at++;
		if (!*at)
			return NULL;
		to = put_escape(to, &at);
		if (!to)
			return NULL;
	}
	if (!*at)
		return NULL;
	*to = 0;
	return s + (at - s) + 1;
}

static char *read_value(char *s, char **out)
{
	size_t len = strcspn(s, ",} \t\r");

	if (*s == '"')
		return read_string(s, out);
	/* moved one to the left, over the colon or a blank, so that there is room to end it */
	memmove(s - 1, s, len);
	s[len - 1] = 0;
	*out = s - 1;
	return len ? s + len : NULL;
}

static int read_object(struct object *o, char *line)
{
	char *s = skip(line);

	o->n = 0;
	if (*s != '{')
		return -1;
	do {
		struct member *m = &o->m[o->n];

		if (o->n == MEMBERS)
			return -1;
		s = read_string(skip(s + 1), &m->name);
		if (!s || *(s = skip(s)) != ':')
			return -1;
		s = read_value(skip(s + 1), &m->value);
		if (!s)
			return -1;
		s = skip(s);
		o->n++;
	} while (*s == ',');
	return *s == '}' && !*skip(s + 1) ? 0 : -1;
}

static const char *text_of(const struct object *o, const char *name)
{
	for (unsigned i = 0; i < o->n; i++)
		if (!strcmp(o->m[i].name, name))
			return o->m[i].value;
	return "";
}

static uint64_t number_of(const struct object *o, const char *name)
{
	return strtoull(text_of(o, name), NULL, 10);
}

/* ---- one file ---- */

struct file {
	struct fuzz_merge *m;
	uint64_t seed, labs, covered;
	bool begun, whole;
};

static enum fuzz_verdict verdict_of(const char *name)
{
	for (unsigned v = FV_PREDICTED; v < FV_NUM; v++)
		if (!strcmp(fuzz_verdict_name((enum fuzz_verdict)v), name))
			return (enum fuzz_verdict)v;
	return FV_NONE;
}

static void read_finding(struct fuzz_merge *m, const struct object *o, enum fuzz_verdict v)
{
	struct fuzz_found x = { .index = number_of(o, "index"),
		.seed = number_of(o, "seed"),
		.again = (unsigned)number_of(o, "again"),
		.of = (unsigned)number_of(o, "again_of"),
		.res = { .verdict = v, .commands = (uint32_t)number_of(o, "commands") } };

	str_copy(x.res.kind, sizeof(x.res.kind), text_of(o, "kind"));
	str_copy(x.res.text, sizeof(x.res.text), text_of(o, "text"));
	x.commands = (unsigned)number_of(o, "of_commands");
	x.file = *text_of(o, "file") ? xstrdup(text_of(o, "file")) : NULL;
	m->tally.flaky += x.again < x.of;
	fuzz_report_found(&m->findings, &x, false);
	free(x.file);
}

static const char *read_lab(struct file *f, const struct object *o)
{
	struct fuzz_merge *m = f->m;
	enum fuzz_verdict v = verdict_of(text_of(o, "verdict"));

	if (!f->begun)
		return "a lab before the line that says which run it is";
	if (v == FV_NONE)
		return "a lab without a verdict";
	m->tally.verdict[v]++;
	if (v > FV_AGREES)
		fuzz_tally_reason(&m->tally, v, text_of(o, "kind"), 1);
	if (fuzz_verdict_finding(v))
		read_finding(m, o, v);
	if (m->labs == m->cap) {
		m->cap = m->cap ? m->cap * 2 : 256;
		m->lab = xrealloc(m->lab, m->cap * sizeof(*m->lab));
	}
	m->lab[m->labs++] = (struct lab_id){ f->seed, number_of(o, "index") };
	f->labs++;
	return NULL;
}

static const char *read_coverage(struct file *f, const struct object *o)
{
	int item = cover_find(text_of(o, "group"), text_of(o, "name"));

	if (item < 0)
		return "coverage of what this pktwalk does not know: another version wrote this";
	f->m->tally.cover.labs[item] += number_of(o, "labs");
	f->covered++;
	return NULL;
}

static const char *read_line(struct file *f, const struct object *o)
{
	const char *type = text_of(o, "type");

	if (!strcmp(type, "fuzz")) {
		f->begun = true;
		f->seed = number_of(o, "seed");
		if (strcmp(text_of(o, "version"), PKTWALK_VERSION) != 0)
			return "another version of pktwalk wrote this";
	} else if (!strcmp(type, "lab")) {
		return read_lab(f, o);
	} else if (!strcmp(type, "coverage")) {
		return read_coverage(f, o);
	} else if (!strcmp(type, "summary")) {
		if (number_of(o, "labs") != f->labs)
			return "the summary counts other labs than there are";
		f->whole = !strcmp(text_of(o, "whole"), "true");
		str_copy(f->m->kernel, sizeof(f->m->kernel), text_of(o, "kernel"));
		str_copy(f->m->user, sizeof(f->m->user), text_of(o, "user"));
	} else if (strcmp(type, "reason") != 0) {
		return "not a line of fuzz --json";
	}
	return NULL;
}

static int by_id(const void *a, const void *b)
{
	const struct lab_id *x = a, *y = b;

	if (x->run != y->run)
		return x->run < y->run ? -1 : 1;
	return x->index < y->index ? -1 : x->index > y->index;
}

static int check_twice(struct fuzz_merge *m, const char *path, struct err *err)
{
	if (m->labs)
		qsort(m->lab, m->labs, sizeof(*m->lab), by_id);
	for (size_t i = 1; i < m->labs; i++)
		if (!by_id(&m->lab[i - 1], &m->lab[i]))
			return err_set(err, (struct loc){ .file = path }, "lab %llu of run %llu is there twice",
				(unsigned long long)m->lab[i].index, (unsigned long long)m->lab[i].run);
	return 0;
}

int fuzz_merge_add(struct fuzz_merge *m, const char *path, const char *text, size_t size, struct err *err)
{
	struct file f = { .m = m };
	struct loc loc = { .file = path };
	const char *why = NULL;

	while (size && !why) {
		const char *end = memchr(text, '\n', size);
		size_t len = end ? (size_t)(end - text) : size;
		char *line = xstrndup(text, len);
		struct object o;

		loc.line++;
		why = end && !read_object(&o, line) ? read_line(&f, &o) : "not a line of fuzz --json, or broken off";
		free(line);
		len += end != NULL;
		text += len;
		size -= len;
	}
	if (why)
		return err_set(err, loc, "%s", why);
	if (!f.whole)
		return err_set(err, loc, "not whole: the run was stopped before its end");
	return check_twice(m, path, err);
}

int fuzz_merge_end(struct fuzz_merge *m, bool json, struct buf *out)
{
	struct fuzz_summary s = { .tally = &m->tally, .labs = m->labs, .kernel = m->kernel, .user = m->user };
	int status = fuzz_tally_exit(&m->tally);

	if (!json)
		buf_put(out, buf_str(&m->findings), m->findings.size);
	fuzz_report_summary(out, &s, json);
	fuzz_tally_release(&m->tally);
	buf_release(&m->findings);
	free(m->lab);
	free(m);
	return status;
}
