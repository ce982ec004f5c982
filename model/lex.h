/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between model/script.c (grammar) and model/lex.c (characters, words, here-documents, `#:` comments) only. */
#ifndef MODEL_LEX_H
#define MODEL_LEX_H

#include "model/buf.h"
#include "model/script.h"

struct here { /* a here-document whose body comes after the current line */
	char *end;
	bool strip, literal;
	struct loc loc;
	struct script_cmd *cmd;
	unsigned redir; /* index in cmd->redir */
};
struct note { /* a `#:` comment that waits for its command */
	char *text;
	struct loc loc;
};
struct lex {
	struct loc loc; /* of text[pos] */
	const char *text;
	size_t size, pos;
	struct here *here;
	unsigned heres;
	struct note *note;
	unsigned notes;
	struct script_cmd *open; /* the simple command that is being read and has a word */
	struct script_cmd *last; /* the one that ended last, on line last_line */
	unsigned last_line;
	unsigned depth; /* of for */
	struct err *err;
};

/* The byte at pos + ahead; 0 beyond the end. */
static inline char lex_at(const struct lex *x, size_t ahead)
{
	return x->pos + ahead < x->size ? x->text[x->pos + ahead] : 0;
}
static inline bool lex_end(const struct lex *x)
{
	return x->pos >= x->size;
}
void lex_init(struct lex *x, const char *path, const char *text, size_t size, struct err *err);
void lex_release(struct lex *x);
int lex_check_text(struct lex *x);                  /* no binary junk; 0 or -1 */
void lex_skip(struct lex *x, size_t n);             /* n bytes, keeping the place */
int lex_blank(struct lex *x);                       /* spaces, continuation lines, comments; not newlines. 0 or -1 */
int lex_newline(struct lex *x);                     /* the newline at pos, and the here-documents behind it. 0 or -1 */
int lex_word(struct lex *x, struct script_word *w); /* at least one byte is there; 0 or -1 */
bool lex_is_meta(char c);                           /* ends a word */
/* True when the text at pos is this word, unquoted and whole. */
bool lex_keyword(const struct lex *x, const char *word);
int lex_here(struct lex *x, struct script_cmd *cmd, unsigned redir, bool strip); /* behind "<<": reads the end word */
int lex_take_notes(struct lex *x, struct script_cmd *cmd);                       /* those that wait */

/* script_print.c and script.c: */
void script_word_free(struct script_word *w);
void script_add_text(struct script_word *w, struct loc loc, bool quoted, const char *text, size_t size);
bool script_is_name(const char *s, size_t size);

#endif
