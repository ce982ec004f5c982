/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A script as canonical text: what script_parse() reads back to the same tree. */
#include <string.h>

#include "model/buf.h"
#include "model/script.h"

static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-+=.,:/@%^";

static void print_quoted(struct buf *out, const char *text)
{
	buf_putc(out, '\'');
	for (; *text; text++) {
		if (*text == '\'')
			buf_puts(out, "'\\''");
		else
			buf_putc(out, *text);
	}
	buf_putc(out, '\'');
}

void script_quote(struct buf *out, const char *text)
{
	if (*text && !text[strspn(text, plain)])
		buf_puts(out, text);
	else
		print_quoted(out, text);
}

void script_print_word(struct buf *out, const struct script_word *w)
{
	for (unsigned i = 0; i < w->parts; i++) {
		const struct script_part *p = &w->part[i];

		if (p->kind == PART_VAR)
			buf_printf(out, p->quoted ? "\"${%s}\"" : "${%s}", p->text);
		else if (p->quoted)
			print_quoted(out, p->text);
		else
			buf_puts(out, p->text);
	}
}

/* ---- here-documents ---- */

static bool has_line(const struct script_word *w, const char *line)
{
	size_t len = strlen(line);

	for (unsigned i = 0; i < w->parts; i++)
		for (const char *s = w->part[i].text; (s = strstr(s, line)); s++)
			if ((s == w->part[i].text || s[-1] == '\n') && (s[len] == '\n' || !s[len]))
				return true;
	return false;
}

static bool has_var(const struct script_word *w)
{
	for (unsigned i = 0; i < w->parts; i++)
		if (w->part[i].kind == PART_VAR)
			return true;
	return false;
}

/* A word that no line of the body is equal to. */
static void end_word(struct buf *end, const struct script_word *w)
{
	buf_puts(end, "EOF");
	while (has_line(w, buf_str(end)))
		buf_putc(end, '_');
}

static void print_body(struct buf *out, const struct script_word *w)
{
	struct buf end = { 0 };
	bool var = has_var(w);

	end_word(&end, w);
	for (unsigned i = 0; i < w->parts; i++) {
		const struct script_part *p = &w->part[i];

		if (p->kind == PART_VAR) {
			buf_printf(out, "${%s}", p->text);
			continue;
		}
		for (const char *s = p->text; *s; s++) {
			if (var && strchr("$`\\", *s))
				buf_putc(out, '\\');
			buf_putc(out, *s);
		}
	}
	buf_printf(out, "%s\n", buf_str(&end));
	buf_release(&end);
}

static void print_redir(struct buf *out, const struct script_redir *r)
{
	struct buf end = { 0 };

	buf_putc(out, ' ');
	switch (r->kind) {
	case REDIR_HERE:
		end_word(&end, &r->word);
		buf_printf(out, has_var(&r->word) ? "<<%s" : "<<'%s'", buf_str(&end));
		buf_release(&end);
		return;
	case REDIR_DUP:
		buf_printf(out, "%d>&%d", r->fd, r->dup);
		return;
	case REDIR_IN:
		buf_putc(out, '<');
		break;
	case REDIR_OUT:
		buf_puts(out, r->fd < 0 ? "&" : r->fd == 2 ? "2" : "");
		buf_puts(out, r->append ? ">>" : ">");
		break;
	}
	script_print_word(out, &r->word);
}

/* ---- commands ---- */

static void indent(struct buf *out, unsigned depth)
{
	while (depth--)
		buf_putc(out, '\t');
}

static void print_notes(struct buf *out, const struct script_cmd *c, unsigned depth)
{
	if (c->expect.given) {
		indent(out, depth);
		buf_puts(out, "#: expect ");
		expect_print(out, &c->expect);
		buf_putc(out, '\n');
	}
	for (const char *h = c->hint; h; h = strchr(h, '\n') ? strchr(h, '\n') + 1 : NULL) {
		indent(out, depth);
		buf_printf(out, "#: hint %.*s\n", (int)strcspn(h, "\n"), h);
	}
}

static void print_cmd(struct buf *out, const struct script_cmd *c)
{
	for (unsigned i = 0; i < c->assigns; i++) {
		buf_printf(out, i ? " %s=" : "%s=", c->assign[i].name);
		script_print_word(out, &c->assign[i].value);
	}
	for (unsigned i = 0; i < c->words; i++) {
		buf_puts(out, i ? " " : "");
		script_print_word(out, &c->word[i]);
	}
	for (unsigned i = 0; i < c->redirs; i++)
		print_redir(out, &c->redir[i]);
}

static void print_bodies(struct buf *out, const struct script_cmd *c)
{
	for (unsigned i = 0; i < c->redirs; i++)
		if (c->redir[i].kind == REDIR_HERE)
			print_body(out, &c->redir[i].word);
}

static void print_list(struct buf *out, const struct script_list *l, unsigned depth);

static void print_for(struct buf *out, const struct script_for *f, unsigned depth)
{
	buf_printf(out, "for %s in", f->name);
	for (unsigned i = 0; i < f->words; i++) {
		buf_putc(out, ' ');
		script_print_word(out, &f->word[i]);
	}
	buf_puts(out, "; do\n");
	print_list(out, &f->body, depth + 1);
	indent(out, depth);
	buf_puts(out, "done");
}

/* Each item on a line of its own, so that notes and here-documents have a place. */
static void print_andor(struct buf *out, const struct script_andor *a, unsigned depth)
{
	for (unsigned i = 0; i < a->items; i++) {
		const struct script_item *it = &a->item[i];

		if (it->cmd)
			print_notes(out, it->cmd, depth);
		indent(out, depth);
		buf_puts(out, it->negate ? "! " : "");
		if (it->cmd)
			print_cmd(out, it->cmd);
		else
			print_for(out, it->loop, depth);
		if (i + 1 < a->items)
			buf_puts(out, a->item[i + 1].link == LINK_AND ? " &&" : " ||");
		buf_puts(out, a->background ? " &\n" : "\n");
		if (it->cmd)
			print_bodies(out, it->cmd);
	}
}

static void print_list(struct buf *out, const struct script_list *l, unsigned depth)
{
	for (unsigned i = 0; i < l->items; i++)
		print_andor(out, &l->item[i], depth);
}

void script_print(struct buf *out, const struct script *s)
{
	print_list(out, &s->list, 0);
}
