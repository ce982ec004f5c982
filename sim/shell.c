/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Theory of operation. A walk over the tree of model/script.h. Statuses follow bash's manual ("Lists", "Looping
 * Constructs", "The Set Builtin"): a list's status is its last command's; `set -e` ends the lab at a simple
 * command that fails, unless its status is looked at (left of && or ||, behind !, or anything below these).
 * Unquoted expansions are split at blanks. Limits keep any lab finite: see shell.h.
 * Not modelled: the environment (variables that bash would inherit are refused), IFS, positional parameters. */
#include "sim/shell.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct var {
	char *name, *value;
};
struct shell {
	struct var *var;
	unsigned vars;
	bool errexit, nounset;
	int status;       /* $? */
	int last_pid;     /* $!; 0 = none */
	const char *name; /* $0 */
	unsigned steps;
	size_t expanded; /* bytes so far */
	bool exiting;
	bool tested;   /* an enclosing list looks at the status */
	bool checking; /* shell_check(): what a variable is part of is left alone */
	shell_fn *fn;
	void *ctx;
	struct err *err;
};

/* ---- variables ---- */

static struct var *var_find(struct shell *sh, const char *name)
{
	for (unsigned i = 0; i < sh->vars; i++)
		if (!strcmp(sh->var[i].name, name))
			return &sh->var[i];
	return NULL;
}

static void var_set(struct shell *sh, const char *name, const char *value)
{
	struct var *v = var_find(sh, name);
	char *copy = xstrdup(value);

	if (!v) {
		sh->var = xrealloc(sh->var, (sh->vars + 1) * sizeof(*sh->var));
		v = &sh->var[sh->vars++];
		*v = (struct var){ .name = xstrdup(name) };
	}
	free(v->value);
	v->value = copy;
}

/* What bash sets or inherits, so that an unset one would not be empty there. */
static const char *const inherited[] = {
	"BASH",
	"BASHPID",
	"BASH_VERSION",
	"COLUMNS",
	"DISPLAY",
	"EDITOR",
	"EPOCHSECONDS",
	"EUID",
	"GROUPS",
	"HOME",
	"HOSTNAME",
	"HOSTTYPE",
	"IFS",
	"LANG",
	"LC_ALL",
	"LINENO",
	"LINES",
	"LOGNAME",
	"MACHTYPE",
	"OLDPWD",
	"OPTARG",
	"OPTIND",
	"OSTYPE",
	"PATH",
	"PPID",
	"PS1",
	"PS4",
	"PWD",
	"RANDOM",
	"SECONDS",
	"SHELL",
	"SHLVL",
	"SRANDOM",
	"SUDO_USER",
	"TERM",
	"TMPDIR",
	"UID",
	"USER",
	"_",
};

/* The value of $name; NULL and *err set when it can not be known. */
static const char *value_of(struct shell *sh, const struct script_part *p, char number[16])
{
	struct var *v = var_find(sh, p->text);

	if (v)
		return v->value;
	if (!strcmp(p->text, "0"))
		return sh->name;
	if (!strcmp(p->text, "?")) {
		snprintf(number, 16, "%d", sh->status);
		return number;
	}
	if (!strcmp(p->text, "!") && sh->last_pid) {
		snprintf(number, 16, "%d", sh->last_pid);
		return number;
	}
	for (size_t i = 0; i < ARRAY_SIZE(inherited); i++) {
		if (strcmp(p->text, inherited[i]))
			continue;
		err_not_modelled(sh->err, p->loc, "$%s, which the lab does not set", p->text);
		return NULL;
	}
	if (sh->nounset) {
		err_set(sh->err, p->loc, "%.100s: unbound variable (set -u)", p->text);
		return NULL;
	}
	return "";
}

/* ---- expansion ---- */

struct fields {
	struct word *w;
	unsigned n;
};

static void fields_add(struct fields *f, const char *text, struct loc loc)
{
	if (!(f->n & (f->n - 1)))
		f->w = xrealloc(f->w, (f->n ? f->n * 2 : 1) * sizeof(*f->w));
	f->w[f->n++] = (struct word){ .text = xstrdup(text), .loc = loc };
}

static void fields_release(struct fields *f)
{
	for (unsigned i = 0; i < f->n; i++)
		free(f->w[i].text);
	free(f->w);
	*f = (struct fields){ 0 };
}

/* One more part of a word was expanded to v; b is the word so far. */
static int check_size(struct shell *sh, const struct buf *b, const char *v, const struct script_part *p)
{
	sh->expanded += strlen(v);
	if (sh->expanded > SHELL_MAX_EXPANDED)
		return err_set(sh->err, p->loc, "the lab's words come to more than %u MiB", SHELL_MAX_EXPANDED >> 20);
	if (p->kind == PART_VAR && b->size > SHELL_MAX_TEXT)
		return err_set(sh->err, p->loc, "this expands to more than %u bytes", SHELL_MAX_TEXT);
	return 0;
}

/* A word as one string, without splitting: values, here-documents, file names. */
static int expand_one(struct shell *sh, const struct script_word *w, struct buf *out)
{
	char number[16];
	const char *v;

	for (unsigned i = 0; i < w->parts; i++) {
		v = w->part[i].kind == PART_VAR ? value_of(sh, &w->part[i], number) : w->part[i].text;
		if (!v)
			return -1;
		buf_puts(out, v);
		if (check_size(sh, out, v, &w->part[i]))
			return -1;
	}
	return 0;
}

/* An unquoted expansion: fields end at its blanks. *open: a field has begun. */
static int split(struct shell *sh, const struct script_word *w, const struct script_part *p, const char *v,
	struct buf *b, bool *open, struct fields *f)
{
	if (v[strcspn(v, "*?[")])
		return err_not_modelled(sh->err, p->loc, "file name patterns (in $%s); quote it", p->text);
	for (; *v; v++) {
		if (*v != ' ' && *v != '\t' && *v != '\n') {
			buf_putc(b, *v);
			*open = true;
		} else if (*open) {
			fields_add(f, buf_str(b), w->loc);
			buf_clear(b);
			*open = false;
		}
	}
	return 0;
}

static int expand(struct shell *sh, const struct script_word *w, struct fields *f)
{
	struct buf b = { 0 };
	char number[16];
	bool open = false;
	int rc = 0;

	for (unsigned i = 0; i < w->parts && !rc; i++) {
		const struct script_part *p = &w->part[i];
		const char *v = p->kind == PART_VAR ? value_of(sh, p, number) : p->text;

		if (!v) {
			rc = -1;
		} else if (p->kind == PART_VAR && !p->quoted) {
			rc = split(sh, w, p, v, &b, &open, f);
		} else {
			buf_puts(&b, v);
			open = true;
		}
		if (!rc)
			rc = check_size(sh, &b, v, p);
	}
	if (open && !rc)
		fields_add(f, buf_str(&b), w->loc);
	buf_release(&b);
	return rc;
}

static bool literal(const struct script_word *w)
{
	for (unsigned i = 0; i < w->parts; i++)
		if (w->part[i].kind == PART_VAR)
			return false;
	return true;
}

/* ---- redirections ---- */

enum target { TO_OUT, TO_ERR, TO_NULL, TO_FILE };

static int redirect_out(
	struct shell *sh, const struct script_redir *r, struct shell_call *c, enum target *to, struct buf *path)
{
	buf_clear(path);
	if (expand_one(sh, &r->word, path))
		return -1;
	if (!strcmp(buf_str(path), "/dev/null")) {
		to[r->fd == 2 ? 2 : 1] = TO_NULL;
		if (r->fd < 0)
			to[2] = TO_NULL;
		return 0;
	}
	if (r->fd != 1)
		return err_not_modelled(sh->err, r->loc, "error output to a file (%.200s)", buf_str(path));
	if (strncmp(buf_str(path), "/proc/sys/", 10))
		return err_not_modelled(sh->err, r->loc, "output to a file (%.200s)", buf_str(path));
	to[1] = TO_FILE;
	c->out_path = buf_str(path);
	c->out_loc = r->loc;
	return 0;
}

static int redirect(struct shell *sh, const struct script_redir *r, struct shell_call *c, enum target *to,
	struct buf *path, struct buf *input)
{
	struct buf from = { 0 };
	int rc = 0;

	switch (r->kind) {
	case REDIR_OUT:
		return redirect_out(sh, r, c, to, path);
	case REDIR_DUP:
		to[r->fd] = to[r->dup];
		return 0;
	case REDIR_HERE:
		buf_clear(input);
		rc = expand_one(sh, &r->word, input);
		break;
	case REDIR_IN:
		buf_clear(input);
		rc = expand_one(sh, &r->word, &from);
		if (!rc && strcmp(buf_str(&from), "/dev/null"))
			rc = err_not_modelled(sh->err, r->loc, "input from a file (%.200s)", buf_str(&from));
		buf_release(&from);
		break;
	}
	c->input = buf_str(input);
	c->input_size = input->size;
	return rc;
}

static int redirect_all(struct shell *sh, struct shell_call *c, struct buf *path, struct buf *input)
{
	enum target to[3] = { TO_OUT, TO_OUT, TO_ERR };

	for (unsigned i = 0; i < c->source->redirs; i++) {
		const struct script_redir *r = &c->source->redir[i];

		if (sh->checking && (r->kind == REDIR_HERE || !literal(&r->word)))
			continue;
		if (redirect(sh, r, c, to, path, input))
			return -1;
	}
	if (to[1] != TO_FILE)
		c->out_path = NULL;
	else if (to[2] == TO_FILE)
		return err_not_modelled(sh->err, c->out_loc, "error output to a file (%.200s)", c->out_path);
	else
		c->out_path = buf_str(path);
	c->out_null = to[1] == TO_NULL;
	c->out_to_err = to[1] == TO_ERR;
	c->err_null = to[2] == TO_NULL;
	c->err_to_out = to[2] == TO_OUT;
	return 0;
}

/* ---- simple commands ---- */

/* A word in one line, as bash reads it back: with $'...' when there are line ends in it. */
static void print_one_line(struct buf *out, const char *text)
{
	if (!strchr(text, '\n')) {
		script_quote(out, text);
		return;
	}
	buf_puts(out, "$'");
	for (; *text; text++) {
		if (*text == '\n')
			buf_puts(out, "\\n");
		else if (*text == '\'' || *text == '\\')
			buf_printf(out, "\\%c", *text);
		else
			buf_putc(out, *text);
	}
	buf_putc(out, '\'');
}

/* The command after expansion. A here-document becomes <<<, so that the line alone says all. */
static void print_call(struct buf *out, const struct shell_call *c)
{
	for (unsigned i = 0; i < c->n; i++) {
		buf_puts(out, i ? " " : "");
		print_one_line(out, c->w[i].text);
	}
	for (unsigned i = 0; i < c->source->redirs; i++) {
		const struct script_redir *r = &c->source->redir[i];

		if (r->kind == REDIR_DUP) {
			buf_printf(out, r->fd == 1 ? " >&%d" : " 2>&%d", r->dup);
		} else if (r->kind == REDIR_IN) {
			buf_puts(out, " </dev/null");
		} else if (r->kind == REDIR_OUT) {
			buf_printf(out, " %s>%s", r->fd < 0 ? "&" : r->fd == 2 ? "2" : "", r->append ? ">" : "");
			print_one_line(out, c->out_path && r->fd == 1 ? c->out_path : "/dev/null");
		} else if (!c->input_size) {
			buf_puts(out, " </dev/null");
		} else {
			struct buf body = { 0 };

			buf_put(&body, c->input, c->input_size - 1); /* <<< adds the last line end */
			buf_puts(out, " <<<");
			print_one_line(out, buf_str(&body));
			buf_release(&body);
		}
	}
	if (c->background)
		buf_puts(out, " &");
}

static int assign(struct shell *sh, const struct script_cmd *c)
{
	int rc = 0;

	for (unsigned i = 0; i < c->assigns && !rc; i++) {
		struct buf value = { 0 };

		if (!strcmp(c->assign[i].name, "IFS"))
			rc = err_not_modelled(sh->err, c->assign[i].loc, "another IFS");
		else if (!sh->checking)
			rc = expand_one(sh, &c->assign[i].value, &value);
		if (!rc && !sh->checking)
			var_set(sh, c->assign[i].name, buf_str(&value));
		buf_release(&value);
	}
	sh->status = 0;
	return rc;
}

static int set_by_name(struct shell *sh, const struct word *w, const char *name, bool on)
{
	if (!strcmp(name, "errexit"))
		sh->errexit = on;
	else if (!strcmp(name, "nounset"))
		sh->nounset = on;
	else if (strcmp(name, "pipefail")) /* there are no pipes */
		return err_not_modelled(sh->err, w->loc, "set -o %.50s", name);
	return 0;
}

static int do_set(struct shell *sh, const struct fields *f)
{
	for (unsigned i = 1; i < f->n; i++) {
		const char *s = f->w[i].text;
		bool on = *s == '-';

		if ((*s != '-' && *s != '+') || !s[1])
			return err_not_modelled(sh->err, f->w[i].loc, "set %.50s", s);
		for (s++; *s; s++) {
			if (*s == 'e')
				sh->errexit = on;
			else if (*s == 'u')
				sh->nounset = on;
			else if (*s == 'o' && !s[1] && i + 1 < f->n) {
				i++;
				if (set_by_name(sh, &f->w[i], f->w[i].text, on))
					return -1;
			} else {
				return err_not_modelled(sh->err, f->w[i].loc, "set %c%c", on ? '-' : '+', *s);
			}
		}
	}
	if (f->n == 1)
		return err_not_modelled(sh->err, f->w[0].loc, "set without options");
	sh->status = 0;
	return 0;
}

static int do_exit(struct shell *sh, const struct fields *f)
{
	char *end = "";
	long v = f->n > 1 ? strtol(f->w[1].text, &end, 10) : sh->status;

	if (*end || f->n > 2 || (f->n == 2 && !*f->w[1].text))
		return err_set(sh->err, f->w[1].loc, "'exit' wants one number");
	sh->status = (int)(v & 255);
	sh->exiting = true;
	return 0;
}

/* The words that the shell itself does: the caller's function never sees them. */
static bool shell_builtin(const char *word)
{
	return !strcmp(word, "set") || !strcmp(word, "exit");
}

static int builtin(struct shell *sh, const struct script_cmd *c, const struct fields *f, bool background)
{
	if (c->redirs || background || c->expect.given)
		return err_not_modelled(sh->err, c->loc, "'%s' with a redirection, '&' or '#: expect'", f->w[0].text);
	return !strcmp(f->w[0].text, "set") ? do_set(sh, f) : do_exit(sh, f);
}

static int call(struct shell *sh, const struct script_cmd *c, struct fields *f, bool background, bool tested)
{
	struct shell_call sc = { .source = c, .w = f->w, .n = f->n, .background = background, .tested = tested };
	struct buf path = { 0 }, input = { 0 }, text = { 0 };
	int status = 0, rc = redirect_all(sh, &sc, &path, &input);

	if (!rc) {
		print_call(&text, &sc);
		sc.text = buf_str(&text);
		rc = sh->fn(sh->ctx, &sc, &status, sh->err);
	}
	if (!rc && background)
		sh->last_pid = sc.pid;
	sh->status = background ? 0 : status;
	buf_release(&path);
	buf_release(&input);
	buf_release(&text);
	return rc;
}

static int run_simple(struct shell *sh, const struct script_cmd *c, bool background, bool tested)
{
	struct fields f = { 0 };
	int rc = 0;

	if (++sh->steps > SHELL_MAX_STEPS)
		return err_set(sh->err, c->loc, "the lab runs more than %u commands", SHELL_MAX_STEPS);
	if (c->assigns)
		return assign(sh, c);
	for (unsigned i = 0; i < c->words && !rc; i++)
		rc = expand(sh, &c->word[i], &f);
	if (!rc && !f.n)
		rc = err_set(sh->err, c->loc, "the command is empty: its variables have no value");
	else if (!rc)
		rc = shell_builtin(f.w[0].text) ? builtin(sh, c, &f, background) : call(sh, c, &f, background, tested);
	fields_release(&f);
	return rc;
}

/* ---- lists and loops ---- */

static int run_list(struct shell *sh, const struct script_list *l);

static int run_for(struct shell *sh, const struct script_for *loop)
{
	struct fields f = { 0 };
	int rc = 0;

	for (unsigned i = 0; i < loop->words && !rc; i++)
		rc = expand(sh, &loop->word[i], &f);
	sh->status = 0;
	for (unsigned i = 0; i < f.n && !rc && !sh->exiting; i++) {
		if (++sh->steps > SHELL_MAX_STEPS)
			rc = err_set(sh->err, loop->loc, "the lab runs more than %u commands", SHELL_MAX_STEPS);
		if (rc)
			break;
		var_set(sh, loop->name, f.w[i].text);
		rc = run_list(sh, &loop->body);
	}
	fields_release(&f);
	return rc;
}

static int run_item(struct shell *sh, const struct script_item *it, bool background, bool tested)
{
	bool outer = sh->tested;
	int rc;

	tested |= outer | it->negate;
	if (it->loop) {
		sh->tested = tested;
		rc = run_for(sh, it->loop);
		sh->tested = outer;
	} else {
		rc = run_simple(sh, it->cmd, background, tested);
		if (!rc && sh->errexit && sh->status && !tested)
			sh->exiting = true;
	}
	if (it->negate && !sh->exiting)
		sh->status = !sh->status;
	return rc;
}

static int run_andor(struct shell *sh, const struct script_andor *a)
{
	int rc = 0;

	for (unsigned i = 0; i < a->items && !rc && !sh->exiting; i++) {
		if ((a->item[i].link == LINK_AND && sh->status) || (a->item[i].link == LINK_OR && !sh->status))
			continue;
		rc = run_item(sh, &a->item[i], a->background, i + 1 < a->items);
	}
	return rc;
}

static int run_list(struct shell *sh, const struct script_list *l)
{
	int rc = 0;

	for (unsigned i = 0; i < l->items && !rc && !sh->exiting; i++)
		rc = run_andor(sh, &l->item[i]);
	return rc;
}

int shell_run(const struct script *s, const char *name, shell_fn *fn, void *ctx, struct shell_end *end, struct err *err)
{
	struct shell sh = { .name = name, .fn = fn, .ctx = ctx, .err = err };
	int rc = run_list(&sh, &s->list);

	*end = (struct shell_end){ .status = sh.status, .stopped = sh.exiting };
	for (unsigned i = 0; i < sh.vars; i++) {
		free(sh.var[i].name);
		free(sh.var[i].value);
	}
	free(sh.var);
	return rc;
}

int shell_check(const struct script_cmd *c, shell_check_fn *fn, struct err *err)
{
	struct shell sh = { .name = "", .err = err, .checking = true };
	struct buf path = { 0 }, input = { 0 };
	struct fields f = { 0 };
	struct shell_call call = { .source = c, .input = "" };
	bool known = c->words > 0;
	int rc = c->assigns ? assign(&sh, c) : redirect_all(&sh, &call, &path, &input);

	for (unsigned i = 0; i < c->words && known && !rc; i++) {
		known = literal(&c->word[i]);
		rc = known ? expand(&sh, &c->word[i], &f) : 0;
	}
	if (!rc && known && f.n) {
		call.w = f.w;
		call.n = f.n;
		rc = shell_builtin(f.w[0].text) ? builtin(&sh, c, &f, false) : fn(&call, err);
	}
	fields_release(&f);
	buf_release(&path);
	buf_release(&input);
	return rc;
}
