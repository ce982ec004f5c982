/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads /proc, and shows a lab's process there under its own name: the kernel reads a command line from the process's
 * memory, and goes on into the environment when the last byte of the arguments is not 0 (get_mm_cmdline(),
 * fs/proc/base.c), so text written over both is what ps shows. */
#include "kernel/procfs.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Reads a small file, terminated. Its size; -1: there is none. */
static long read_file(const char *path, char *to, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	long n = 0, got;

	if (fd < 0)
		return -1;
	while ((size_t)n < size - 1 && (got = read(fd, to + n, size - 1 - (size_t)n)) > 0)
		n += got;
	close(fd);
	to[n] = 0;
	return n;
}

/* Field number `want` (from 3) of /proc/PID/stat, whose second one may hold anything. */
static unsigned long long field(const char *stat, int want)
{
	const char *at = strrchr(stat, ')');

	for (int i = 2; at && i < want; i++) {
		at = strchr(at, ' ');
		if (at)
			at++;
	}
	return at ? strtoull(at, NULL, 10) : 0;
}

/* ns since midnight UTC of a day long ago: the clock's time at which it was started. */
static uint64_t started(const char *stat)
{
	struct timespec wall, boot;
	uint64_t since = field(stat, 22) * NSEC_PER_SEC / (uint64_t)sysconf(_SC_CLK_TCK);

	clock_gettime(CLOCK_REALTIME, &wall);
	clock_gettime(CLOCK_BOOTTIME, &boot);
	return (uint64_t)(wall.tv_sec - boot.tv_sec) * NSEC_PER_SEC + since;
}

static void command_line(int pid, const char *stat, char *to, size_t size)
{
	char path[64];
	long n;

	snprintf(path, sizeof(path), "/proc/%d/cmdline", pid);
	n = read_file(path, to, size);
	while (n > 0 && !to[n - 1])
		n--;
	for (long i = 0; i < n; i++)
		if (!to[i] || to[i] == '\n')
			to[i] = ' ';
	if (n > 0) {
		to[n] = 0;
		return;
	}
	/* a kernel thread, or one that has ended: its name in brackets */
	snprintf(to, size, "[%.*s]", (int)(strrchr(stat, ')') - strchr(stat, '(') - 1), strchr(stat, '(') + 1);
}

static bool one(int pid, struct sys_proc *p)
{
	char path[64], stat[1024];
	struct stat st;
	const char *end;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	if (read_file(path, stat, sizeof(stat)) < 0 || !(end = strrchr(stat, ')')) || !strchr(stat, '('))
		return false;
	*p = (struct sys_proc){ .pid = pid, .ppid = (int)field(stat, 4), .started = started(stat) };
	snprintf(path, sizeof(path), "/proc/%d", pid);
	if (!lstat(path, &st) && st.st_uid)
		snprintf(p->user, sizeof(p->user), "%u", st.st_uid);
	else
		str_copy(p->user, sizeof(p->user), "root");
	snprintf(p->stat, sizeof(p->stat), "%c%s", end[2], (int)field(stat, 6) == pid ? "s" : "");
	command_line(pid, stat, p->comm, sizeof(p->comm));
	return true;
}

/* Marks what descends from `ancestor`: looks until nothing more is found. */
static void mark(struct sys_proc *list, unsigned n, int ancestor)
{
	bool more = true;

	while (more) {
		more = false;
		for (unsigned i = 0; i < n; i++) {
			bool lab = list[i].lab || list[i].ppid == ancestor;

			for (unsigned j = 0; j < n && !lab; j++)
				lab = list[j].pid == list[i].ppid && list[j].lab;
			more |= lab && !list[i].lab;
			list[i].lab = lab;
		}
	}
}

/* The machine's other processes are left out: another lab's, verified at the same time, may bear the same names. */
static unsigned lab_only(struct sys_proc *list, unsigned n)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < n; i++)
		if (list[i].lab)
			list[kept++] = list[i];
	return kept;
}

int procfs_list(int verifier, struct sys_proc **list)
{
	DIR *d = opendir("/proc");
	struct dirent *e;
	unsigned n = 0, cap = 64;

	if (!d)
		return -1;
	*list = xcalloc(cap, sizeof(**list));
	while ((e = readdir(d))) {
		int pid = (int)strtol(e->d_name, NULL, 10);

		if (pid <= 0)
			continue;
		if (n == cap)
			*list = xrealloc(*list, (cap *= 2) * sizeof(**list));
		n += one(pid, *list + n);
	}
	closedir(d);
	for (unsigned i = 0; i < n && !verifier; i++)
		(*list)[i].lab = true;
	if (verifier)
		mark(*list, n, verifier);
	return (int)lab_only(*list, n);
}

int procfs_child(int parent)
{
	struct sys_proc *list = NULL;
	int n = procfs_list(parent, &list), pid = 0;

	for (int i = 0; i < n && !pid; i++)
		if (list[i].ppid == parent)
			pid = list[i].pid;
	free(list);
	return pid;
}

uint64_t procfs_starved(int pid)
{
	unsigned long long ran, waited;
	char path[64], text[128];

	snprintf(path, sizeof(path), "/proc/%d/schedstat", pid);
	if (pid <= 0 || read_file(path, text, sizeof(text)) < 0 || sscanf(text, "%llu %llu", &ran, &waited) != 2)
		return 0;
	return waited;
}

unsigned procfs_nspid(int pid, int *pids, unsigned max)
{
	char path[64], text[8192];
	const char *at;
	char *end;
	unsigned n = 0;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	if (pid <= 0 || read_file(path, text, sizeof(text)) < 0 || !(at = strstr(text, "\nNSpid:")))
		return 0;
	for (at += strlen("\nNSpid:"); n < max; at = end) {
		long v;

		while (*at == '\t' || *at == ' ')
			at++;
		v = strtol(at, &end, 10);
		if (end == at || *at == '\n')
			break;
		pids[n++] = (int)v;
	}
	return n;
}

struct procfs_title procfs_title_find(void)
{
	char stat[2048];
	uintptr_t from, to, env_to;

	if (read_file("/proc/self/stat", stat, sizeof(stat)) < 0)
		return (struct procfs_title){ 0 };
	from = (uintptr_t)field(stat, 48);
	to = (uintptr_t)field(stat, 49);
	env_to = (uintptr_t)field(stat, 51);
	if (!from || to <= from || env_to < to || (uintptr_t)field(stat, 50) != to)
		return (struct procfs_title){ 0 };
	return (struct procfs_title){ (char *)from, env_to - from };
}

void procfs_title_set(const struct procfs_title *t, const char *line)
{
	const char *end = line + strcspn(line, " :"), *from = end;
	char name[16];
	size_t len = strlen(line);

	while (from > line && from[-1] != '/')
		from--;
	str_copy(name, (size_t)(end - from) < 15 ? (size_t)(end - from) + 1 : 16, from);
	prctl(PR_SET_NAME, name);
	if (!t->at)
		return;
	memset(t->at, 0, t->size);
	memcpy(t->at, line, len < t->size ? len : t->size - 1);
}
