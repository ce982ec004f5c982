/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The grammar of a lab (bash's manual, "Shell Grammar"), by recursive descent:
 *   list    = { andor ( ";" | "&" | newline ) }
 *   andor   = item { ( "&&" | "||" ) item }
 *   item    = { "!" } ( for | simple )
 *   for     = "for" NAME "in" { word } ( ";" | newline ) "do" list "done"
 *   simple  = { NAME=word } | word { word | redirection } */
#include <stdlib.h>
#include <string.h>

#include "model/lex.h"

static int parse_list(struct lex *x, struct script_list *l, bool in_for);

/* ---- memory ---- */

static void list_release(struct script_list *l);

static void cmd_free(struct script_cmd *c)
{
	for (unsigned i = 0; i < c->assigns; i++) {
		free(c->assign[i].name);
		script_word_free(&c->assign[i].value);
	}
	for (unsigned i = 0; i < c->words; i++)
		script_word_free(&c->word[i]);
	for (unsigned i = 0; i < c->redirs; i++)
		script_word_free(&c->redir[i].word);
	free(c->assign);
	free(c->word);
	free(c->redir);
	expect_release(&c->expect);
	free(c->hint);
	free(c);
}

static void for_free(struct script_for *f)
{
	for (unsigned i = 0; i < f->words; i++)
		script_word_free(&f->word[i]);
	free(f->word);
	free(f->name);
	list_release(&f->body);
	free(f);
}

static void list_release(struct script_list *l)
{
	for (unsigned i = 0; i < l->items; i++) {
		for (unsigned j = 0; j < l->item[i].items; j++) {
			struct script_item *it = &l->item[i].item[j];

			if (it->cmd)
				cmd_free(it->cmd);
			if (it->loop)
				for_free(it->loop);
		}
		free(l->item[i].item);
	}
	free(l->item);
	*l = (struct script_list){ 0 };
}

void script_free(struct script *s)
{
	list_release(&s->list);
}

/* Makes room for one more of a doubling array; the new one is zeroed. */
static void *grow(void *list, unsigned *n, size_t size)
{
	if (!(*n & (*n - 1)))
		list = xrealloc(list, (*n ? *n * 2 : 1) * size);
	memset((char *)list + *n * size, 0, size);
	(*n)++;
	return list;
}

/* ---- redirections ---- */

static bool at_redirection(const struct lex *x)
{
	size_t i = 0;

	if (lex_at(x, 0) == '&' && lex_at(x, 1) == '>')
		return true;
	while (lex_at(x, i) >= '0' && lex_at(x, i) <= '9')
		i++;
	return lex_at(x, i) == '<' || lex_at(x, i) == '>';
}

static int refuse_redirection(struct lex *x, struct loc loc, char c, char next)
{
	if (c == '<' && next == '(')
		return err_not_modelled(x->err, loc, "process substitution, <(...)");
	if (c == '>' && next == '(')
		return err_not_modelled(x->err, loc, "process substitution, >(...)");
	if (c == '<' && (next == '>' || next == '&'))
		return err_not_modelled(x->err, loc, "the redirection '<%c'", next);
	return 0;
}

/* Reads the operator: fd is set, the file name or here-document's end word follows. */
static int redirection_operator(struct lex *x, struct script_redir *r, bool *here, bool *strip)
{
	size_t digits = 0;
	char c, next;

	r->fd = -2;
	while (lex_at(x, digits) >= '0' && lex_at(x, digits) <= '9')
		digits++;
	if (digits) {
		r->fd = lex_at(x, 0) - '0';
		if (digits > 1 || r->fd > 2)
			return err_not_modelled(x->err, r->loc, "file descriptors other than 0, 1 and 2");
		lex_skip(x, 1);
	} else if (lex_at(x, 0) == '&') {
		r->fd = -1;
		lex_skip(x, 1);
	}
	c = lex_at(x, 0);
	next = lex_at(x, 1);
	if (refuse_redirection(x, r->loc, c, next))
		return -1;
	if (r->fd == -2)
		r->fd = c == '<' ? 0 : 1;
	if ((c == '<') != (r->fd == 0))
		return err_not_modelled(x->err, r->loc, "the redirection '%d%c'", r->fd, c);
	if (c == '<' && next == '<') {
		if (lex_at(x, 2) == '<')
			return err_not_modelled(x->err, r->loc, "here-strings (<<<)");
		*here = true;
		*strip = lex_at(x, 2) == '-';
		lex_skip(x, *strip ? 3 : 2);
		return 0;
	}
	r->kind = c == '<' ? REDIR_IN : REDIR_OUT;
	lex_skip(x, 1);
	if (c == '>' && next == '>') {
		r->append = true;
		lex_skip(x, 1);
	} else if (c == '>' && next == '|') {
		lex_skip(x, 1);
	} else if (c == '>' && next == '&') {
		r->kind = REDIR_DUP;
		lex_skip(x, 1);
	}
	return 0;
}

static int duplication(struct lex *x, struct script_redir *r)
{
	char c = lex_at(x, 0);

	if ((c != '1' && c != '2') || !lex_is_meta(lex_at(x, 1)) || r->fd < 0)
		return err_not_modelled(x->err, r->loc, "this redirection; known are 2>&1, >&2, &>FILE");
	r->dup = c - '0';
	lex_skip(x, 1);
	return 0;
}

static int parse_redirection(struct lex *x, struct script_cmd *c)
{
	bool here = false, strip = false;
	struct script_redir *r;

	c->redir = grow(c->redir, &c->redirs, sizeof(*c->redir));
	r = &c->redir[c->redirs - 1];
	r->loc = x->loc;
	if (redirection_operator(x, r, &here, &strip))
		return -1;
	while (lex_at(x, 0) == ' ' || lex_at(x, 0) == '\t')
		lex_skip(x, 1);
	if (here) {
		r->kind = REDIR_HERE;
		return lex_here(x, c, c->redirs - 1, strip);
	}
	if (r->kind == REDIR_DUP)
		return duplication(x, r);
	if (lex_is_meta(lex_at(x, 0)))
		return err_set(x->err, r->loc, "the redirection has no file name");
	return lex_word(x, &r->word);
}

/* ---- simple commands ---- */

static int refuse_operator(struct lex *x)
{
	char c = lex_at(x, 0), next = lex_at(x, 1);

	if (c == '|')
		return err_not_modelled(x->err, x->loc, next == '&' ? "pipes (|&)" : "pipes (|)");
	if (c == '(')
		return err_not_modelled(x->err, x->loc, next == '(' ? "arithmetic, ((...))" : "subshells, (...)");
	if (c == ')')
		return err_set(x->err, x->loc, "')' without its '('");
	return err_set(x->err, x->loc,
		c == ';' && next == ';' ? "';;' outside of case" : "a command is missing before '%c'", c);
}

static const struct {
	const char *word;
	const char *what; /* NULL: out of place */
} reserved[] = {
	{ "if", "if" },
	{ "while", "while" },
	{ "until", "until" },
	{ "case", "case" },
	{ "select", "select" },
	{ "function", "functions" },
	{ "time", "time" },
	{ "coproc", "coproc" },
	{ "[[", "[[ ... ]]" },
	{ "{", "groups, { ...; }" },
	{ "then", NULL },
	{ "elif", NULL },
	{ "else", NULL },
	{ "fi", NULL },
	{ "do", NULL },
	{ "done", NULL },
	{ "esac", NULL },
	{ "}", NULL },
	{ "in", NULL },
};

static int check_reserved(struct lex *x)
{
	for (size_t i = 0; i < ARRAY_SIZE(reserved); i++) {
		if (!lex_keyword(x, reserved[i].word))
			continue;
		if (reserved[i].what)
			return err_not_modelled(x->err, x->loc, "%s", reserved[i].what);
		if (!strcmp(reserved[i].word, "in"))
			return 0; /* only special after `for NAME` */
		return err_set(x->err, x->loc, "'%s' is out of place", reserved[i].word);
	}
	return 0;
}

/* The length of "NAME=" at pos, or 0. */
static size_t assignment_name(const struct lex *x)
{
	const char *s = x->text + x->pos;
	size_t n = 0, left = x->size - x->pos;

	while (n < left && s[n] != '=' && !lex_is_meta(s[n]))
		n++;
	return n < left && s[n] == '=' && script_is_name(s, n) ? n : 0;
}

static int parse_assignment(struct lex *x, struct script_cmd *c, size_t name)
{
	struct script_assign *a;

	c->assign = grow(c->assign, &c->assigns, sizeof(*c->assign));
	a = &c->assign[c->assigns - 1];
	a->loc = x->loc;
	a->name = xstrndup(x->text + x->pos, name);
	lex_skip(x, name + 1);
	a->value.loc = x->loc;
	if (lex_at(x, 0) == '(')
		return err_not_modelled(x->err, x->loc, "arrays, NAME=(...)");
	if (lex_at(x, 0) == '~')
		return err_not_modelled(x->err, x->loc, "home directories (~)");
	return lex_is_meta(lex_at(x, 0)) ? 0 : lex_word(x, &a->value);
}

static int add_word(struct lex *x, struct script_cmd *c)
{
	c->word = grow(c->word, &c->words, sizeof(*c->word));
	if (lex_word(x, &c->word[c->words - 1]))
		return -1;
	if (lex_at(x, 0) == '(')
		return c->words == 1 ? err_not_modelled(x->err, c->word[0].loc, "functions, NAME() { ...; }")
				     : err_set(x->err, x->loc, "'(' is out of place; quote it");
	return 0;
}

/* The words of one simple command; c is already where its owner frees it. */
static int parse_words(struct lex *x, struct script_cmd *c)
{
	size_t name;
	int rc = 0;

	while (!rc) {
		if (lex_end(x) || (lex_is_meta(lex_at(x, 0)) && !at_redirection(x)))
			break;
		name = c->words ? 0 : assignment_name(x);
		if (at_redirection(x))
			rc = parse_redirection(x, c);
		else if (name)
			rc = parse_assignment(x, c, name);
		else
			rc = add_word(x, c);
		x->open = c;
		if (!rc)
			rc = lex_blank(x);
	}
	x->open = NULL;
	x->last = c;
	x->last_line = x->loc.line;
	return rc;
}

static int parse_simple(struct lex *x, struct script_cmd *c)
{
	c->loc = x->loc;
	if (lex_take_notes(x, c) || parse_words(x, c))
		return -1;
	if (!c->words && !c->assigns && !c->redirs)
		return refuse_operator(x);
	if (c->assigns && c->words)
		return err_not_modelled(x->err, c->loc, "NAME=VALUE in front of a command");
	if (!c->words && c->redirs)
		return err_not_modelled(x->err, c->redir[0].loc, "a redirection without a command");
	if (!c->words && (c->expect.given || c->hint))
		return err_set(x->err, c->loc, "'#:' about an assignment, which can not fail");
	return 0;
}

/* ---- for ---- */

static int skip_lines(struct lex *x)
{
	for (;;) {
		if (lex_blank(x))
			return -1;
		if (lex_at(x, 0) != '\n')
			return 0;
		if (lex_newline(x))
			return -1;
	}
}

static int for_words(struct lex *x, struct script_for *f)
{
	for (;;) {
		if (lex_blank(x))
			return -1;
		if (lex_at(x, 0) == ';' || lex_at(x, 0) == '\n')
			break;
		if (lex_end(x))
			return err_set(x->err, f->loc, "'for' without its 'do'");
		if (lex_is_meta(lex_at(x, 0)))
			return err_set(x->err, x->loc, "'%c' is out of place in the list of 'for'", lex_at(x, 0));
		f->word = grow(f->word, &f->words, sizeof(*f->word));
		if (lex_word(x, &f->word[f->words - 1]))
			return -1;
	}
	if (lex_at(x, 0) == ';')
		lex_skip(x, 1);
	return skip_lines(x);
}

static int for_head(struct lex *x, struct script_for *f)
{
	size_t n = 0;

	lex_skip(x, 3);
	if (lex_blank(x))
		return -1;
	if (lex_at(x, 0) == '(')
		return err_not_modelled(x->err, f->loc, "arithmetic, for ((...))");
	while (!lex_is_meta(lex_at(x, n)))
		n++;
	if (!script_is_name(x->text + x->pos, n))
		return err_set(x->err, x->loc, "'for' wants the name of a variable");
	f->name = xstrndup(x->text + x->pos, n);
	lex_skip(x, n);
	if (skip_lines(x))
		return -1;
	if (!lex_keyword(x, "in"))
		return err_not_modelled(x->err, x->loc, "'for %s' without 'in'", f->name);
	lex_skip(x, 2);
	return for_words(x, f);
}

static int parse_for(struct lex *x, struct script_for *f)
{
	f->loc = x->loc;
	if (++x->depth > SCRIPT_MAX_DEPTH)
		return err_set(x->err, f->loc, "loops nested deeper than %d", SCRIPT_MAX_DEPTH);
	if (for_head(x, f))
		return -1;
	if (!lex_keyword(x, "do"))
		return err_set(x->err, x->loc, "'do' is missing: the 'for' is in line %u", f->loc.line);
	lex_skip(x, 2);
	if (parse_list(x, &f->body, true))
		return -1;
	if (!lex_keyword(x, "done"))
		return err_set(x->err, f->loc, "'for' without its 'done'");
	if (!f->body.items)
		return err_set(x->err, x->loc, "the body of 'for' is empty");
	lex_skip(x, 4);
	x->depth--;
	if (lex_blank(x))
		return -1;
	if (at_redirection(x))
		return err_not_modelled(x->err, x->loc, "the redirection of a loop");
	if (!lex_is_meta(lex_at(x, 0)))
		return err_set(x->err, x->loc, "';' or a new line is missing after 'done'");
	return 0;
}

/* ---- lists ---- */

static int parse_item(struct lex *x, struct script_item *it)
{
	while (lex_keyword(x, "!")) {
		it->negate = !it->negate;
		lex_skip(x, 1);
		if (lex_blank(x))
			return -1;
	}
	if (lex_keyword(x, "for")) {
		it->loop = xcalloc(1, sizeof(*it->loop));
		return parse_for(x, it->loop);
	}
	if (check_reserved(x))
		return -1;
	if (lex_end(x) || lex_at(x, 0) == '\n')
		return err_set(x->err, x->loc, "a command is missing");
	it->cmd = xcalloc(1, sizeof(*it->cmd));
	return parse_simple(x, it->cmd);
}

static int parse_andor(struct lex *x, struct script_andor *a)
{
	struct script_item *it;
	int link = LINK_FIRST;

	for (;;) {
		a->item = grow(a->item, &a->items, sizeof(*a->item));
		it = &a->item[a->items - 1];
		it->link = link;
		if (parse_item(x, it) || lex_blank(x))
			return -1;
		if (lex_at(x, 0) == '&' && lex_at(x, 1) == '&')
			link = LINK_AND;
		else if (lex_at(x, 0) == '|' && lex_at(x, 1) == '|')
			link = LINK_OR;
		else
			return 0;
		lex_skip(x, 2);
		if (skip_lines(x))
			return -1;
	}
}

static int parse_background(struct lex *x, struct script_andor *a)
{
	if (a->items > 1 || a->item[0].loop || a->item[0].negate)
		return err_not_modelled(x->err, x->loc, "'&' after a list or a loop; only after one command");
	if (!a->item[0].cmd->words)
		return err_not_modelled(x->err, x->loc, "'&' after an assignment");
	a->background = true;
	lex_skip(x, 1);
	return 0;
}

static int parse_list(struct lex *x, struct script_list *l, bool in_for)
{
	for (;;) {
		struct script_andor *a;

		if (skip_lines(x))
			return -1;
		if (lex_end(x) || (in_for && lex_keyword(x, "done")))
			return 0;
		l->item = grow(l->item, &l->items, sizeof(*l->item));
		a = &l->item[l->items - 1];
		if (parse_andor(x, a))
			return -1;
		if (lex_at(x, 0) == '&') {
			if (parse_background(x, a))
				return -1;
		} else if (lex_at(x, 0) == ';' && lex_at(x, 1) != ';') {
			lex_skip(x, 1);
		} else if (!lex_end(x) && lex_at(x, 0) != '\n') {
			return refuse_operator(x);
		}
	}
}

static int check_end(struct lex *x)
{
	if (x->heres)
		return err_set(
			x->err, x->here[0].loc, "here-document without its end: no line '%.80s'", x->here[0].end);
	if (x->notes)
		return err_set(x->err, x->note[0].loc, "'#:' without a command that it is about");
	return 0;
}

int script_parse(struct script *s, const char *path, const char *text, size_t size, struct err *err)
{
	struct lex x;
	int rc;

	*s = (struct script){ 0 };
	if (size > SCRIPT_MAX_SIZE)
		return err_set(
			err, (struct loc){ .file = path }, "larger than a lab may be (%u MiB)", SCRIPT_MAX_SIZE >> 20);
	lex_init(&x, path, text, size, err);
	rc = lex_check_text(&x) || parse_list(&x, &s->list, false) || check_end(&x) ? -1 : 0;
	lex_release(&x);
	if (rc)
		script_free(s);
	return rc;
}

int script_each(const struct script_list *l, int (*fn)(void *ctx, const struct script_cmd *c), void *ctx)
{
	int rc = 0;

	for (unsigned i = 0; i < l->items && !rc; i++) {
		for (unsigned j = 0; j < l->item[i].items && !rc; j++) {
			const struct script_item *it = &l->item[i].item[j];

			rc = it->cmd ? fn(ctx, it->cmd) : script_each(&it->loop->body, fn, ctx);
		}
	}
	return rc;
}
