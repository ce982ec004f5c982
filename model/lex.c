/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Characters of a lab into words: quoting, expansions, comments, here-documents (bash's manual, "Quoting", "Shell
 * Expansions", "Here Documents"). What bash would do with a construct that is not modelled is never guessed: it
 * is refused where it starts. */
#include "model/lex.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

void lex_init(struct lex *x, const char *path, const char *text, size_t size, struct err *err)
{
	*x = (struct lex){ .loc = { .file = path, .line = 1, .col = 1 }, .text = text, .size = size, .err = err };
}

void lex_release(struct lex *x)
{
	for (unsigned i = 0; i < x->heres; i++)
		free(x->here[i].end);
	for (unsigned i = 0; i < x->notes; i++)
		free(x->note[i].text);
	free(x->here);
	free(x->note);
}

int lex_check_text(struct lex *x)
{
	struct loc loc = x->loc;

	for (size_t i = 0; i < x->size; i++) {
		unsigned char c = (unsigned char)x->text[i];

		if (c == '\r' && i + 1 < x->size && x->text[i + 1] == '\n')
			return err_set(x->err, loc, "the line ends in CR LF: a lab has Unix line ends");
		if (c == 127 || (c < ' ' && c != '\n' && c != '\t'))
			return err_set(x->err, loc, "byte 0x%02x: this is not a text file", c);
		loc.col++;
		if (c == '\n') {
			loc.line++;
			loc.col = 1;
		}
	}
	return 0;
}

void lex_skip(struct lex *x, size_t n)
{
	while (n-- && !lex_end(x)) {
		x->loc.col++;
		if (x->text[x->pos++] == '\n') {
			x->loc.line++;
			x->loc.col = 1;
		}
	}
}

bool lex_is_meta(char c)
{
	return !c || strchr(" \t\n;&|<>()", c);
}

static bool continuation(const struct lex *x)
{
	return lex_at(x, 0) == '\\' && lex_at(x, 1) == '\n';
}

static int comment(struct lex *x)
{
	struct loc loc = x->loc;
	size_t size = 0;
	char *text;
	int rc = 0;

	while (x->pos + size < x->size && x->text[x->pos + size] != '\n')
		size++;
	if (lex_at(x, 1) == ':') {
		struct script_cmd *cmd = x->open ? x->open : x->last && x->last_line == loc.line ? x->last : NULL;

		loc.col += 2;
		text = xstrndup(x->text + x->pos + 2, size - 2);
		if (cmd) {
			rc = expect_parse(&cmd->expect, &cmd->hint, text, loc, x->err);
			free(text);
		} else {
			x->note = xrealloc(x->note, (x->notes + 1) * sizeof(*x->note));
			x->note[x->notes++] = (struct note){ .text = text, .loc = loc };
		}
	}
	lex_skip(x, size);
	return rc;
}

int lex_take_notes(struct lex *x, struct script_cmd *cmd)
{
	int rc = 0;

	for (unsigned i = 0; i < x->notes; i++) {
		if (!rc)
			rc = expect_parse(&cmd->expect, &cmd->hint, x->note[i].text, x->note[i].loc, x->err);
		free(x->note[i].text);
	}
	x->notes = 0;
	return rc;
}

int lex_blank(struct lex *x)
{
	for (;;) {
		if (continuation(x))
			lex_skip(x, 2);
		else if (lex_at(x, 0) == ' ' || lex_at(x, 0) == '\t')
			lex_skip(x, 1);
		else
			break;
	}
	return lex_at(x, 0) == '#' ? comment(x) : 0;
}

bool lex_keyword(const struct lex *x, const char *word)
{
	size_t len = strlen(word);

	return x->size - x->pos >= len && !memcmp(x->text + x->pos, word, len) && lex_is_meta(lex_at(x, len));
}

/* ---- words ---- */

bool script_is_name(const char *s, size_t size)
{
	if (!size || isdigit((unsigned char)*s))
		return false;
	for (size_t i = 0; i < size; i++)
		if (!isalnum((unsigned char)s[i]) && s[i] != '_')
			return false;
	return true;
}

static struct script_part *add_part(struct script_word *w)
{
	w->part = xrealloc(w->part, (w->parts + 1) * sizeof(*w->part));
	w->part[w->parts] = (struct script_part){ 0 };
	return &w->part[w->parts++];
}

void script_add_text(struct script_word *w, struct loc loc, bool quoted, const char *text, size_t size)
{
	struct script_part *p = w->parts ? &w->part[w->parts - 1] : NULL;
	size_t had;

	if (p && p->kind == PART_TEXT && p->quoted == quoted) {
		had = strlen(p->text);
		p->text = xrealloc(p->text, had + size + 1);
		memcpy(p->text + had, text, size);
		p->text[had + size] = 0;
		return;
	}
	p = add_part(w);
	*p = (struct script_part){ .kind = PART_TEXT, .quoted = quoted, .text = xstrndup(text, size), .loc = loc };
}

void script_word_free(struct script_word *w)
{
	for (unsigned i = 0; i < w->parts; i++)
		free(w->part[i].text);
	free(w->part);
	*w = (struct script_word){ 0 };
}

/* Collects literal bytes so that a long word costs one allocation per part. */
struct run_of {
	struct buf text;
	struct loc loc;
	bool quoted, any;
};

static void flush(struct run_of *r, struct script_word *w)
{
	if (r->any)
		script_add_text(w, r->loc, r->quoted, buf_str(&r->text), r->text.size);
	buf_clear(&r->text);
	r->any = false;
}

static void want(struct run_of *r, struct script_word *w, bool quoted, struct loc loc)
{
	if (r->any && r->quoted != quoted)
		flush(r, w);
	if (!r->any)
		r->loc = loc;
	r->any = true;
	r->quoted = quoted;
}

static int parameter(struct lex *x, struct script_word *w, bool quoted, struct loc loc, const char *name, size_t size)
{
	struct script_part *p;

	if (size == 1 && strchr("@*#123456789", *name))
		return err_not_modelled(x->err, loc, "arguments of the lab ($%c)", *name);
	if (size == 1 && strchr("$-", *name))
		return err_not_modelled(x->err, loc, "$%c", *name);
	p = add_part(w);
	*p = (struct script_part){ .kind = PART_VAR, .quoted = quoted, .text = xstrndup(name, size), .loc = loc };
	return 0;
}

static int braced(struct lex *x, struct script_word *w, bool quoted, struct loc loc)
{
	const char *name = x->text + x->pos + 2;
	size_t size = 0, left = x->size - x->pos - 2;
	bool one = left && strchr("!?0@*#$-123456789", *name) && *name;

	if (one)
		size = 1;
	else
		while (size < left && (isalnum((unsigned char)name[size]) || name[size] == '_'))
			size++;
	if (size < left && name[size] == '}' && (one || script_is_name(name, size))) {
		lex_skip(x, size + 3);
		return parameter(x, w, quoted, loc, name, size);
	}
	if (!memchr(name, '}', left))
		return err_set(x->err, loc, "${ without its }");
	return err_not_modelled(x->err, loc, "parameter expansion beyond ${NAME}");
}

/* At a '$'. Sets *literal when it stands for itself. */
static int dollar(struct lex *x, struct script_word *w, bool quoted, bool *literal)
{
	struct loc loc = x->loc;
	size_t size = 0;
	char c = lex_at(x, 1);

	*literal = false;
	if (c == '{')
		return braced(x, w, quoted, loc);
	if (c == '(')
		return err_not_modelled(x->err, loc,
			lex_at(x, 2) == '(' ? "arithmetic expansion, $((...))" : "command substitution, $(...)");
	if (!quoted && (c == '\'' || c == '"'))
		return err_not_modelled(x->err, loc, "$%c...%c quoting", c, c);
	if (c && strchr("!?0@*#$-123456789", c))
		size = 1;
	else
		while (isalnum((unsigned char)lex_at(x, 1 + size)) || lex_at(x, 1 + size) == '_')
			size++;
	if (!size) {
		*literal = true;
		return 0;
	}
	lex_skip(x, size + 1);
	return parameter(x, w, quoted, loc, x->text + x->pos - size, size);
}

static int single_quotes(struct lex *x, struct run_of *r, struct script_word *w)
{
	struct loc loc = x->loc;
	const char *from = x->text + x->pos + 1;
	const char *close = memchr(from, '\'', x->size - x->pos - 1);

	if (!close)
		return err_set(x->err, loc, "single quote without its end");
	want(r, w, true, loc);
	buf_put(&r->text, from, (size_t)(close - from));
	lex_skip(x, (size_t)(close - from) + 2);
	return 0;
}

/* What is special inside double quotes and in a here-document's body: $ ` and a backslash before some. */
static int quoted_char(struct lex *x, struct run_of *r, struct script_word *w, const char *escapable)
{
	struct loc loc = x->loc;
	bool literal = true;
	char c = lex_at(x, 0);

	if (c == '`')
		return err_not_modelled(x->err, loc, "command substitution, `...`");
	if (continuation(x)) {
		lex_skip(x, 2);
		return 0;
	}
	if (c == '$') {
		flush(r, w);
		if (dollar(x, w, true, &literal))
			return -1;
		if (!literal)
			return 0;
	}
	if (c == '\\' && lex_at(x, 1) && strchr(escapable, lex_at(x, 1))) {
		lex_skip(x, 1);
		c = lex_at(x, 0);
	}
	want(r, w, true, loc);
	buf_putc(&r->text, c);
	lex_skip(x, 1);
	return 0;
}

static int double_quotes(struct lex *x, struct run_of *r, struct script_word *w)
{
	struct loc loc = x->loc;

	lex_skip(x, 1);
	want(r, w, true, loc); /* "" is a word too */
	while (!lex_end(x) && lex_at(x, 0) != '"')
		if (quoted_char(x, r, w, "$`\"\\"))
			return -1;
	if (lex_end(x))
		return err_set(x->err, loc, "double quote without its end");
	lex_skip(x, 1);
	return 0;
}

/* {a,b} and {1..3}, unquoted. */
static bool brace_expansion(const struct lex *x)
{
	bool comma = false;

	for (size_t i = 1; !lex_is_meta(lex_at(x, i)); i++) {
		char c = lex_at(x, i);

		if (c == '}')
			return comma;
		if (c == ',' || (c == '.' && lex_at(x, i + 1) == '.'))
			comma = true;
	}
	return false;
}

/* An unquoted character that bash would expand. */
static int check_unquoted(struct lex *x, const struct script_word *w, const struct run_of *r)
{
	bool first = !w->parts && !r->any;
	char c = lex_at(x, 0);

	if (c == '`')
		return err_not_modelled(x->err, x->loc, "command substitution, `...`");
	if (c == '*' || c == '?')
		return err_not_modelled(
			x->err, x->loc, "file name patterns (%c); quote it if it is meant as it stands", c);
	if (c == '[' && !(first && (lex_is_meta(lex_at(x, 1)) || lex_keyword(x, "[["))) &&
		memchr(x->text + x->pos, ']', strcspn(x->text + x->pos, " \t\n")))
		return err_not_modelled(x->err, x->loc, "file name patterns ([...])");
	if (c == '{' && brace_expansion(x))
		return err_not_modelled(x->err, x->loc, "brace expansion ({...})");
	if (c == '~' && (first || (r->any && r->text.size && r->text.data[r->text.size - 1] == '=')))
		return err_not_modelled(x->err, x->loc, "home directories (~)");
	return 0;
}

static int plain_char(struct lex *x, struct run_of *r, struct script_word *w)
{
	struct loc loc = x->loc;
	bool quoted = lex_at(x, 0) == '\\';

	if (check_unquoted(x, w, r))
		return -1;
	if (quoted) {
		lex_skip(x, 1);
		if (lex_end(x))
			return err_set(x->err, loc, "a backslash ends the file");
	}
	want(r, w, quoted, loc);
	buf_putc(&r->text, lex_at(x, 0));
	lex_skip(x, 1);
	return 0;
}

int lex_word(struct lex *x, struct script_word *w)
{
	struct run_of r = { 0 };
	bool literal = true;
	int rc = 0;

	*w = (struct script_word){ .loc = x->loc };
	while (!rc && !lex_is_meta(lex_at(x, 0))) {
		switch (lex_at(x, 0)) {
		case '\'':
			rc = single_quotes(x, &r, w);
			break;
		case '"':
			rc = double_quotes(x, &r, w);
			break;
		case '$':
			flush(&r, w);
			rc = dollar(x, w, false, &literal);
			if (!rc && literal)
				rc = plain_char(x, &r, w);
			break;
		default:
			if (continuation(x))
				lex_skip(x, 2);
			else
				rc = plain_char(x, &r, w);
			break;
		}
	}
	flush(&r, w);
	buf_release(&r.text);
	if (rc)
		script_word_free(w);
	return rc;
}

/* ---- here-documents ---- */

int lex_here(struct lex *x, struct script_cmd *cmd, unsigned redir, bool strip)
{
	struct script_word w;
	struct buf end = { 0 };
	struct loc loc = x->loc;
	bool literal = false;

	if (lex_is_meta(lex_at(x, 0)))
		return err_set(x->err, loc, "'<<' wants the word that ends the here-document");
	if (lex_word(x, &w))
		return -1;
	for (unsigned i = 0; i < w.parts; i++) {
		if (w.part[i].kind == PART_VAR) {
			script_word_free(&w);
			buf_release(&end);
			return err_not_modelled(x->err, loc, "a $ in the word that ends a here-document");
		}
		literal |= w.part[i].quoted;
		buf_puts(&end, w.part[i].text);
	}
	script_word_free(&w);
	x->here = xrealloc(x->here, (x->heres + 1) * sizeof(*x->here));
	x->here[x->heres++] = (struct here){
		.end = buf_steal(&end), .strip = strip, .literal = literal, .loc = loc, .cmd = cmd, .redir = redir
	};
	return 0;
}

static size_t line_size(const struct lex *x)
{
	const char *nl = memchr(x->text + x->pos, '\n', x->size - x->pos);

	return nl ? (size_t)(nl - x->text) - x->pos : x->size - x->pos;
}

/* One line of the body, its newline included. */
static int here_line(struct lex *x, const struct here *h, struct run_of *r, struct script_word *w)
{
	if (h->literal) {
		size_t size = line_size(x) + 1;

		want(r, w, true, x->loc);
		if (size > x->size - x->pos)
			size = x->size - x->pos;
		buf_put(&r->text, x->text + x->pos, size);
		lex_skip(x, size);
		return 0;
	}
	while (!lex_end(x) && lex_at(x, 0) != '\n')
		if (quoted_char(x, r, w, "$`\\"))
			return -1;
	if (!lex_end(x)) {
		want(r, w, true, x->loc);
		buf_putc(&r->text, '\n');
		lex_skip(x, 1);
	}
	return 0;
}

static int here_body(struct lex *x, const struct here *h)
{
	struct script_word *w = &h->cmd->redir[h->redir].word;
	struct run_of r = { 0 };
	size_t len = strlen(h->end);
	int rc = 0;

	w->loc = x->loc;
	for (;;) {
		while (h->strip && lex_at(x, 0) == '\t')
			lex_skip(x, 1);
		if (line_size(x) == len && !memcmp(x->text + x->pos, h->end, len) && (!lex_end(x) || len == 0))
			break;
		if (lex_end(x)) {
			rc = err_set(x->err, h->loc, "here-document without its end: no line '%.80s'", h->end);
			break;
		}
		rc = here_line(x, h, &r, w);
		if (rc)
			break;
	}
	flush(&r, w);
	buf_release(&r.text);
	if (!rc)
		lex_skip(x, len + 1);
	return rc;
}

int lex_newline(struct lex *x)
{
	int rc = 0;

	lex_skip(x, 1);
	for (unsigned i = 0; i < x->heres; i++) {
		if (!rc)
			rc = here_body(x, &x->here[i]);
		free(x->here[i].end);
	}
	x->heres = 0;
	return rc;
}
