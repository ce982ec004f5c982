/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lab's text as a tree: the subset of bash that labs may use. Only syntax; sim/shell.c executes it.
 *
 * Ownership: script_parse() fills a struct script that owns everything below it; script_free() frees it. Places
 * name the path that was given, which must outlive the script.
 *
 * What is not modelled (pipes, if, while, functions, substitutions, globs, braces, ...) is refused at its place.
 * Comments that start with `#:` are kept with the simple command that they are about: the one that ends or is being
 * read on their line, else the next one. docs/lab-language.md describes the language for users. */
#ifndef MODEL_SCRIPT_H
#define MODEL_SCRIPT_H

#include "model/err.h"
#include "model/run.h"

#define SCRIPT_MAX_SIZE (16u << 20) /* bytes */
#define SCRIPT_MAX_DEPTH 32         /* `for` inside `for` */

/* A word is a row of parts that are joined; "a$b'c'" has three. */
struct script_part {
	enum { PART_TEXT, PART_VAR } kind;
	bool quoted; /* not split into fields when expanded; not a keyword; never vanishes when empty */
	char *text;  /* literal text, or the variable's name ("!", "?", "0" too) */
	struct loc loc;
};
struct script_word {
	struct script_part *part;
	unsigned parts;
	struct loc loc;
};
struct script_assign {
	char *name;
	struct script_word value;
	struct loc loc;
};
struct script_redir {
	enum { REDIR_OUT, REDIR_IN, REDIR_DUP, REDIR_HERE } kind;
	int fd;                  /* what is redirected; -1: both (&>) */
	int dup;                 /* REDIR_DUP: to this fd's target */
	bool append;             /* >> */
	struct script_word word; /* file name; of REDIR_HERE: the body, which is never split */
	struct loc loc;
};
/* A simple command: assignments, or words with redirections; not both (refused). */
struct script_cmd {
	struct loc loc;
	struct script_assign *assign;
	unsigned assigns;
	struct script_word *word;
	unsigned words;
	struct script_redir *redir;
	unsigned redirs;
	struct expect expect; /* given: from `#: expect` */
	char *hint;           /* from `#: hint`; NULL = none */
};
struct script_andor;
struct script_list {
	struct script_andor *item;
	unsigned items;
};
struct script_for {
	struct loc loc;
	char *name;
	struct script_word *word;
	unsigned words;
	struct script_list body;
};
struct script_item {
	enum { LINK_FIRST, LINK_AND, LINK_OR } link; /* to the item before */
	bool negate;                                 /* ! */
	struct script_cmd *cmd;                      /* one of the two is not NULL */
	struct script_for *loop;
};
/* a && b || c, with & behind it when background (then it is one simple command) */
struct script_andor {
	struct script_item *item;
	unsigned items;
	bool background;
};
struct script {
	struct script_list list;
};

/* Parses a whole lab; an empty one is fine. Returns 0, or -1 with *err and *s empty. */
int script_parse(struct script *s, const char *path, const char *text, size_t size, struct err *err);
void script_free(struct script *s);

/* The canonical form: one command per line, which parses to the same tree. */
void script_print(struct buf *out, const struct script *s);
/* A word as canonical text, quoted so that a shell reads it back; script_quote: the same for plain text. */
void script_print_word(struct buf *out, const struct script_word *w);
void script_quote(struct buf *out, const char *text);

/* Calls fn for every simple command, in textual order, until it returns nonzero; returns that. */
int script_each(const struct script_list *l, int (*fn)(void *ctx, const struct script_cmd *c), void *ctx);

/* ---- `#:` comments: model/expect.c ----
 *   note   = "expect" what { [","] what } | "hint" TEXT
 *   what   = "ok" | "fail" | "status" NUMBER | ["no"] "output" "\"" TEXT "\""
 * ok is status 0, fail any other; output: the text occurs in what the command wrote (either stream); \" and \\ in it
 * stand for " and \. Several expectations on one command add up; two statuses for one command are an error. */
int expect_parse(struct expect *e, char **hint, const char *note, struct loc loc, struct err *err);
/* Compares what a command did with what was expected of it (nothing given: status 0, unless it was tested). Fills the
 * command's expect_met and why. */
void expect_check(struct command *c);
void expect_print(struct buf *out, const struct expect *e); /* without the "#: expect " and as one line */

#endif
