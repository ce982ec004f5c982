/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line: options, which lab, which renderer, which exit status. The only file that exits, and the only
 * one outside kernel/ that knows of it. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kernel/kernel.h"
#include "sim/fuzz.h"
#include "sim/lab.h"
#include "sim/render.h"
#include "sim/sim.h"

enum { EXIT_AS_EXPECTED = 0, EXIT_DIFFERED = 1, EXIT_NOT_UNDERSTOOD = 2, EXIT_NOT_CERTAIN = 3 };
#define LAB_MAX_SIZE (16u << 20) /* bytes */
#define JOBS_MAX 4096

struct options {
	int verbosity;
	bool json;
	const char *color; /* "auto", "always", "never" */
	const char *pcapng, *save;
	uint64_t seed;
	const char *lab;
	struct capture_file *capture;
	unsigned captures;
	enum kernel_fault fault;
	struct fuzz_options fuzz;
	const char *print; /* fuzz: a lab's seed */
	bool merge, model_only;
	char **file; /* fuzz --merge: NULL-terminated */
};

static const char help_text[] =
	"Usage: pktwalk run [OPTION]... LAB          predict what every packet does; no privileges\n"
	"       pktwalk verify [OPTION]... LAB       predict, build it for real, capture, compare\n"
	"       pktwalk compare [OPTION]... LAB --capture NS:DEV=FILE...\n"
	"                                            compare with captures taken elsewhere\n"
	"       pktwalk parse LAB                    check the lab's language, print it back\n"
	"       pktwalk fuzz [OPTION]...             random labs, each predicted, built and compared\n"
	"       pktwalk fuzz [--json] --merge FILE...   outputs of fuzz --json put together\n"
	"       pktwalk fuzz --print SEED            the random lab of that seed\n"
	"\n"
	"LAB is a script of ordinary commands (ip, bridge, iptables, sysctl, ping, nc, curl,\n"
	"...); '-' is standard input. The namespace it starts in is called 'host'.\n"
	"\n"
	"  -v, -vv              show more of each packet: what was consulted; kernel functions\n"
	"  -q                   show only what was not as expected\n"
	"      --json           JSON Lines on standard output (docs/trace-format.md)\n"
	"      --pcapng FILE    write the predicted frames, one interface per device\n"
	"      --save DIR       verify: keep predicted.pcapng and captured.pcapng there\n"
	"      --capture NS:DEV=FILE   compare: a pcap or pcapng file of that device\n"
	"      --seed N         of the model's random choices (MAC addresses); default 1\n"
	"                       fuzz: of all labs of the run\n"
	"      --labs N         fuzz: how many; default 100\n"
	"      --findings N     fuzz: stop after so many; default: never\n"
	"      --model          fuzz: in the model alone: what it reaches, what crashes it\n"
	"      --jobs J         fuzz: at most so many at once; default: what suits the machine\n"
	"      --shard I/N      fuzz: only the Ith of N parts of the labs\n"
	"      --keep DIR       fuzz: where labs that show a mistake are written; default fuzz-found\n"
	"      --color WHEN     auto (default), always, never; NO_COLOR is respected\n"
	"  -h, --help           this text\n"
	"  -V, --version        version, and what kernel mode is built with\n"
	"\n"
	"Exit status: 0 all as expected (and, for verify and compare, model and kernel agree),\n"
	"1 something differed or failed, 2 the lab or the call could not be understood or carried\n"
	"out here, 3 not certain: captures lost frames, for example, so that agreement proves nothing.\n";

static _Noreturn void usage(const char *fmt, const char *what)
{
	fputs("pktwalk: ", stderr);
	fprintf(stderr, fmt, what);
	fputs("\nTry 'pktwalk --help'.\n", stderr);
	exit(EXIT_NOT_UNDERSTOOD);
}

static int report_err(const struct err *e)
{
	struct buf b = { 0 };

	if (!e->loc.file)
		buf_puts(&b, "pktwalk: ");
	err_format(&b, e);
	fputs(buf_str(&b), stderr);
	buf_release(&b);
	return EXIT_NOT_UNDERSTOOD;
}

/* Reads the whole lab. Returns 0, or -1 with *err. */
static int read_lab(const char *path, struct buf *text, struct err *err)
{
	bool from_stdin = !strcmp(path, "-");
	int fd = from_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	struct loc loc = { .file = path };
	char chunk[65536];
	ssize_t n;

	if (fd < 0)
		return err_set(err, loc, "%s", strerror(errno));
	while ((n = read(fd, chunk, sizeof(chunk))) > 0) {
		buf_put(text, chunk, (size_t)n);
		if (text->size > LAB_MAX_SIZE) {
			err_set(err, loc, "larger than a lab may be (%u MiB)", LAB_MAX_SIZE >> 20);
			break;
		}
	}
	if (n < 0)
		err_set(err, loc, "%s", strerror(errno));
	if (!from_stdin)
		close(fd);
	return n == 0 ? 0 : -1;
}

static void flush_stdout(struct render *r)
{
	if (r->out->size < 1 << 16)
		return;
	fwrite(r->out->data, 1, r->out->size, stdout);
	buf_clear(r->out);
}

static bool want_colour(const struct options *o)
{
	const char *no = getenv("NO_COLOR");

	if (!strcmp(o->color, "always"))
		return true;
	return !strcmp(o->color, "auto") && isatty(STDOUT_FILENO) && !(no && *no);
}

/* 0, or -1 when something of stdout could not be written (said). */
static int check_stdout(void)
{
	if (!fflush(stdout) && !ferror(stdout))
		return 0;
	fprintf(stderr, "pktwalk: standard output: %s\n", strerror(errno));
	return -1;
}

/* Shows the run on stdout. Returns 0, or -1 when stdout could not be written (said). */
static int show(const struct options *o, const struct run *run, const struct report *report)
{
	struct buf out = { 0 };
	struct render r = { .ops = o->json ? &render_json : &render_text,
		.run = run,
		.report = report,
		.out = &out,
		.flush = flush_stdout,
		.opt = { .verbosity = o->verbosity, .colour = want_colour(o) } };

	render_run(&r);
	fwrite(buf_str(&out), 1, out.size, stdout);
	buf_release(&out);
	return check_stdout();
}

static int write_pcapng(const char *path, const struct run *run, const struct report *report)
{
	struct buf out = { 0 };
	struct render r = { .ops = &render_pcapng, .run = run, .report = report, .out = &out };
	FILE *f = fopen(path, "wb");
	struct stat st;
	int rc = 0;

	if (f)
		render_run(&r);
	if (!f || fwrite(buf_str(&out), 1, out.size, f) != out.size || fflush(f)) {
		fprintf(stderr, "pktwalk: %s: %s\n", path, strerror(errno));
		rc = -1;
		if (f && !fstat(fileno(f), &st) && S_ISREG(st.st_mode))
			remove(path); /* half a capture is none; a device stays */
	}
	if (f)
		fclose(f);
	buf_release(&out);
	return rc;
}

static int save_predicted(const struct options *o, const struct run *run, const struct report *report)
{
	struct buf path = { 0 };
	int rc;

	if (mkdir(o->save, 0777) && errno != EEXIST) {
		fprintf(stderr, "pktwalk: %s: %s\n", o->save, strerror(errno));
		return -1;
	}
	buf_printf(&path, "%s/predicted.pcapng", o->save);
	rc = write_pcapng(buf_str(&path), run, report);
	buf_release(&path);
	return rc;
}

static int write_predicted(const struct options *o, const struct run *run, const struct report *report)
{
	if (o->pcapng && write_pcapng(o->pcapng, run, report))
		return -1;
	return o->save ? save_predicted(o, run, report) : 0;
}

static void progress(void *ctx, const struct command *cmd, unsigned index, unsigned n)
{
	(void)ctx;
	if (isatty(STDERR_FILENO))
		fprintf(stderr, "\r\033[K[%u/%u] line %u: %.50s", index + 1, n, cmd->loc.line, cmd->text);
}

static bool as_expected(const struct run *run)
{
	for (unsigned i = 0; i < run->n; i++)
		if (!run->cmd[i].expect_met)
			return false;
	return true;
}

/* *again: for a second run, at the machine's pace; *report may be of it (report->again). */
typedef int mode_fn(const struct options *o, const struct run *run, struct report *report, struct lab_again *again,
	struct err *err);

static int mode_verify(
	const struct options *o, const struct run *run, struct report *report, struct lab_again *again, struct err *err)
{
	struct kernel_options k = {
		.save_dir = o->save, .progress = progress, .fault = o->fault, .again = lab_run_again, .again_ctx = again
	};
	int rc = kernel_verify(run, &k, report, err);

	if (isatty(STDERR_FILENO))
		fputs("\r\033[K", stderr);
	return rc;
}

static int mode_compare(
	const struct options *o, const struct run *run, struct report *report, struct lab_again *again, struct err *err)
{
	(void)again;
	return kernel_compare(run, o->capture, o->captures, report, err);
}

/* Predicts, lets the kernel have its say when `mode` is given, shows. Returns the exit status. */
static int predict(const struct options *o, mode_fn *mode)
{
	struct buf text = { 0 };
	struct err err = { 0 };
	struct run run = { .path = o->lab };
	struct report report = { 0 };
	struct lab_again again = { 0 };
	const struct run *shown;
	static const int verdict_status[] = { [VERDICT_AGREES] = EXIT_AS_EXPECTED,
		[VERDICT_DIFFERS] = EXIT_DIFFERED,
		[VERDICT_NOT_CERTAIN] = EXIT_NOT_CERTAIN };
	struct sim *s = NULL;
	int status = EXIT_NOT_UNDERSTOOD;

	if (read_lab(o->lab, &text, &err)) {
		report_err(&err);
		goto out;
	}
	s = sim_new(o->seed, true);
	if (mode)
		trace_keep_flows(s->trace);
	if (mode == mode_verify)
		run.looks = looks_new();
	if (lab_run(s, o->lab, buf_str(&text), text.size, &run, &err)) {
		if (run.n)
			show(o, &run, NULL);
		report_err(&err);
		goto out;
	}
	if (write_predicted(o, &run, NULL))
		goto out;
	again = (struct lab_again){ .seed = o->seed, .path = o->lab, .text = buf_str(&text), .size = text.size };
	if (mode && mode(o, &run, &report, &again, &err)) {
		report_err(&err);
		goto out;
	}
	shown = report.again ? &again.run : &run;
	if (mode && write_predicted(o, shown, &report)) /* once more, with what the kernel said */
		goto out;
	if (show(o, shown, mode ? &report : NULL))
		goto out;
	status = as_expected(&run) ? verdict_status[report_verdict(&report)] : EXIT_DIFFERED;
out:
	report_release(&report);
	lab_again_release(&again);
	run_release(&run);
	if (s)
		sim_free(s);
	buf_release(&text);
	return status;
}

static int cmd_mode_run(const struct options *o)
{
	return predict(o, NULL);
}

static int cmd_mode_verify(const struct options *o)
{
	return predict(o, mode_verify);
}

static int cmd_mode_compare(const struct options *o)
{
	if (!o->captures)
		usage("compare needs --capture NS:DEV=FILE%s", "");
	return predict(o, mode_compare);
}

static int cmd_mode_parse(const struct options *o)
{
	struct buf text = { 0 }, out = { 0 };
	struct err err = { 0 };
	int rc = read_lab(o->lab, &text, &err) || lab_parse(o->lab, buf_str(&text), text.size, &out, &err);

	fwrite(buf_str(&out), 1, out.size, stdout);
	buf_release(&text);
	buf_release(&out);
	if (rc)
		return report_err(&err);
	return check_stdout() ? EXIT_NOT_UNDERSTOOD : EXIT_AS_EXPECTED;
}

/* ---- fuzz ---- */

static uint64_t number(const char *s)
{
	char *end;
	uint64_t v;

	errno = 0;
	v = strtoull(s, &end, 0);
	if (errno || !*s || *end || *s == '-')
		usage("not a number: '%s'", s);
	return v;
}

static int host_verify(
	const void *ctx, const struct run *run, struct lab_again *again, struct report *report, struct err *err)
{
	const struct kernel_options k = { .shared = ctx, .again = lab_run_again, .again_ctx = again };

	return kernel_verify(run, &k, report, err);
}

static void host_out(const struct buf *b)
{
	fwrite(buf_str(b), 1, b->size, stdout);
	fflush(stdout);
}

static void host_progress(const char *line)
{
	fprintf(stderr, "\r\033[K%s", line);
}

static int host_write(const char *dir, const char *name, const struct buf *text, struct err *err)
{
	struct buf path = { 0 };
	FILE *f = NULL;
	int rc = 0;

	buf_printf(&path, "%s/%s", dir, name);
	if (!mkdir(dir, 0777) || errno == EEXIST)
		f = fopen(buf_str(&path), "wb");
	if (f)
		fwrite(buf_str(text), 1, text->size, f);
	if (!f || ferror(f) || fclose(f))
		rc = err_set(err, (struct loc){ 0 }, "%s: %s", buf_str(&path), strerror(errno));
	buf_release(&path);
	return rc;
}

static int fuzz_labs(const struct options *o)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	struct err err = { 0 };
	struct pool *pool = pool_new(&err);
	struct fuzz_host host = { .ops = &kernel_pool,
		.pool = pool,
		.verify = o->model_only ? NULL : host_verify,
		.out = host_out,
		.progress = isatty(STDERR_FILENO) ? host_progress : NULL,
		.write = host_write,
		.neighbours = kernel_neighbours,
		.cpus = cpus > 0 ? (unsigned)cpus : 1 };
	struct fuzz_options fuzz = o->fuzz;
	struct kernel_shared *shared = kernel_share(fuzz_jobs_max(&fuzz, host.cpus));
	int status = EXIT_NOT_UNDERSTOOD;

	kernel_prepare();
	host.ctx = shared;
	fuzz.seed = o->seed;
	fuzz.json = o->json;
	if (pool)
		status = fuzz_run(&fuzz, &host, &err);
	if (*err.msg)
		report_err(&err);
	pool_free(pool);
	kernel_unshare(shared);
	return check_stdout() ? EXIT_NOT_UNDERSTOOD : status;
}

static int fuzz_merge_files(const struct options *o)
{
	struct fuzz_merge *m = fuzz_merge_new();
	struct buf text = { 0 }, out = { 0 };
	struct err err = { 0 };
	int status, rc = 0;

	for (char *const *f = o->file; *f && !rc; f++) {
		buf_clear(&text);
		rc = read_lab(*f, &text, &err) || fuzz_merge_add(m, *f, buf_str(&text), text.size, &err);
	}
	status = fuzz_merge_end(m, o->json, &out);
	if (rc)
		status = report_err(&err);
	else
		host_out(&out);
	buf_release(&text);
	buf_release(&out);
	return check_stdout() ? EXIT_NOT_UNDERSTOOD : status;
}

static int cmd_mode_fuzz(const struct options *o)
{
	struct buf out = { 0 };

	if (!o->merge && *o->file)
		usage("fuzz makes its labs itself: '%s'", *o->file);
	if (o->merge)
		return *o->file ? fuzz_merge_files(o) : (usage("--merge wants files%s", ""), 2);
	if (!o->print)
		return fuzz_labs(o);
	fuzz_print(number(o->print), &out);
	host_out(&out);
	buf_release(&out);
	return check_stdout() ? EXIT_NOT_UNDERSTOOD : EXIT_AS_EXPECTED;
}

static const struct {
	const char *name;
	int (*fn)(const struct options *o);
	bool no_lab; /* it takes none, but words of its own */
} modes[] = {
	{ "run", cmd_mode_run, false },
	{ "verify", cmd_mode_verify, false },
	{ "compare", cmd_mode_compare, false },
	{ "parse", cmd_mode_parse, false },
	{ "fuzz", cmd_mode_fuzz, true },
};

/* "NS:DEV=FILE"; cuts the argument up in place. */
static void add_capture(struct options *o, char *arg)
{
	char *colon = strchr(arg, ':'), *equals = colon ? strchr(colon, '=') : NULL;

	if (!equals || colon == arg || equals == colon + 1 || !equals[1])
		usage("--capture wants NS:DEV=FILE, not '%s'", arg);
	*colon = *equals = 0;
	o->capture = xrealloc(o->capture, (o->captures + 1) * sizeof(*o->capture));
	o->capture[o->captures++] = (struct capture_file){ .ns = arg, .dev = colon + 1, .path = equals + 1 };
}

enum {
	OPT_JSON = 256,
	OPT_PCAPNG,
	OPT_SAVE,
	OPT_CAPTURE,
	OPT_SEED,
	OPT_COLOR,
	OPT_FAULT,
	OPT_LABS,
	OPT_FINDINGS,
	OPT_MODEL,
	OPT_JOBS,
	OPT_SHARD,
	OPT_KEEP,
	OPT_PRINT,
	OPT_MERGE
};
static const struct option long_options[] = {
	{ "json", no_argument, NULL, OPT_JSON },
	{ "pcapng", required_argument, NULL, OPT_PCAPNG },
	{ "save", required_argument, NULL, OPT_SAVE },
	{ "capture", required_argument, NULL, OPT_CAPTURE },
	{ "seed", required_argument, NULL, OPT_SEED },
	{ "color", required_argument, NULL, OPT_COLOR },
	{ "fault", required_argument, NULL, OPT_FAULT }, /* for the tests: kernel/kernel.h */
	{ "labs", required_argument, NULL, OPT_LABS },
	{ "findings", required_argument, NULL, OPT_FINDINGS },
	{ "model", no_argument, NULL, OPT_MODEL },
	{ "jobs", required_argument, NULL, OPT_JOBS },
	{ "shard", required_argument, NULL, OPT_SHARD },
	{ "keep", required_argument, NULL, OPT_KEEP },
	{ "print", required_argument, NULL, OPT_PRINT },
	{ "merge", no_argument, NULL, OPT_MERGE },
	{ "verbose", no_argument, NULL, 'v' },
	{ "quiet", no_argument, NULL, 'q' },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ 0 },
};

/* "I/N", from 1. */
static void set_shard(struct options *o, const char *arg)
{
	char *slash = strchr(arg, '/');

	if (!slash)
		usage("--shard wants I/N, not '%s'", arg);
	*slash = 0;
	o->fuzz.shard = number(arg);
	o->fuzz.shards = number(slash + 1);
	*slash = '/';
	if (!o->fuzz.shard || o->fuzz.shard > o->fuzz.shards)
		usage("--shard wants I/N with I from 1 to N, not '%s'", arg);
}

/* Those of `fuzz` alone; false: it is none of them. */
static bool set_fuzz_option(struct options *o, int opt)
{
	switch (opt) {
	case OPT_LABS:
		o->fuzz.labs = number(optarg);
		break;
	case OPT_JOBS:
		o->fuzz.jobs = (unsigned)number(optarg);
		if (!o->fuzz.jobs || o->fuzz.jobs > JOBS_MAX)
			usage("--jobs wants a number from 1 to 4096, not '%s'", optarg);
		break;
	case OPT_FINDINGS:
		o->fuzz.findings = number(optarg);
		break;
	case OPT_MODEL:
		o->model_only = true;
		break;
	case OPT_SHARD:
		set_shard(o, optarg);
		break;
	case OPT_KEEP:
		o->fuzz.keep = optarg;
		break;
	case OPT_PRINT:
		o->print = optarg;
		break;
	case OPT_MERGE:
		o->merge = true;
		break;
	default:
		return false;
	}
	return true;
}

static void set_option(struct options *o, int opt)
{
	if (set_fuzz_option(o, opt))
		return;
	switch (opt) {
	case 'v':
		o->verbosity++;
		break;
	case 'q':
		o->verbosity = -1;
		break;
	case OPT_JSON:
		o->json = true;
		break;
	case OPT_PCAPNG:
		o->pcapng = optarg;
		break;
	case OPT_SAVE:
		o->save = optarg;
		break;
	case OPT_CAPTURE:
		add_capture(o, optarg);
		break;
	case OPT_SEED:
		o->seed = number(optarg);
		break;
	case OPT_FAULT:
		o->fault = (enum kernel_fault)number(optarg);
		break;
	case OPT_COLOR:
		if (strcmp(optarg, "auto") && strcmp(optarg, "always") && strcmp(optarg, "never"))
			usage("--color wants auto, always or never, not '%s'", optarg);
		o->color = optarg;
		break;
	case 'h':
		fputs(help_text, stdout);
		exit(EXIT_AS_EXPECTED);
	case 'V':
		printf("pktwalk %s\nkernel mode: %s\n", PKTWALK_VERSION, kernel_about());
		exit(EXIT_AS_EXPECTED);
	default:
		fputs("Try 'pktwalk --help'.\n", stderr);
		exit(EXIT_NOT_UNDERSTOOD);
	}
}

int main(int argc, char **argv)
{
	struct options o = {
		.color = "auto", .seed = 1, .fuzz = { .labs = 100, .shard = 1, .shards = 1, .keep = "fuzz-found" }
	};
	int opt, status;

	while ((opt = getopt_long(argc, argv, "vqhV", long_options, NULL)) != -1)
		set_option(&o, opt);
	if (optind == argc)
		usage("what to do?%s", "");
	for (size_t i = 0; i < ARRAY_SIZE(modes); i++) {
		if (strcmp(argv[optind], modes[i].name))
			continue;
		if (argc - optind != 2 && !modes[i].no_lab)
			usage("%s wants one lab", argv[optind]);
		o.lab = argv[optind + 1];
		o.file = argv + optind + 1;
		status = modes[i].fn(&o);
		free(o.capture);
		return status;
	}
	usage("unknown command '%s'", argv[optind]);
}
