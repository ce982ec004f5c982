/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What every file may use: sizes, checked allocation, and bug() for our own mistakes. */
#ifndef MODEL_BASE_H
#define MODEL_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))
#define container_of(ptr, type, member) ((type *)(void *)((char *)(ptr)-offsetof(type, member)))

/* Times are nanoseconds of virtual time since the lab began. */
#define NSEC_PER_SEC 1000000000ULL
#define NSEC_PER_MSEC 1000000ULL
#define NSEC_PER_USEC 1000ULL

/* Prints the place and the message to stderr and aborts. For mistakes in pktwalk itself, never for
 * what a user, a packet or the system did. */
#define bug(...) bug_at(__FILE__, __LINE__, __VA_ARGS__)
_Noreturn void bug_at(const char *file, int line, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* Allocation that cannot fail: out of memory ends the process with this message and status 2. */
#define OUT_OF_MEMORY "pktwalk: out of memory\n"
_Noreturn void out_of_memory(void);
void *xcheck(void *p); /* p, which a library allocated, when it is not NULL */
void *xmalloc(size_t size);
void *xcalloc(size_t n, size_t size);
void *xrealloc(void *p, size_t size);
char *xstrdup(const char *s);
char *xstrndup(const char *s, size_t len);

/* Copies src into dst[size], always terminated; false when it did not fit (dst then holds what did). */
bool str_copy(char *dst, size_t size, const char *src);

#endif
