/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A circular doubly linked intrusive list, as in the kernel: a head and embedded nodes. */
#ifndef MODEL_LIST_H
#define MODEL_LIST_H

#include "model/base.h"

struct list {
	struct list *next, *prev;
};

static inline void list_init(struct list *l)
{
	l->next = l->prev = l;
}
static inline bool list_empty(const struct list *l)
{
	return l->next == l;
}
static inline void list_insert_(struct list *n, struct list *prev, struct list *next)
{
	next->prev = n;
	n->next = next;
	n->prev = prev;
	prev->next = n;
}
static inline void list_add(struct list *head, struct list *n) /* first */
{
	list_insert_(n, head, head->next);
}
static inline void list_add_tail(struct list *head, struct list *n) /* last */
{
	list_insert_(n, head->prev, head);
}
static inline void list_del(struct list *n) /* n is then a list of its own */
{
	n->prev->next = n->next;
	n->next->prev = n->prev;
	list_init(n);
}
#define list_entry(node, type, member) container_of(node, type, member)
/* The body may delete `pos` itself with the _safe form only. */
#define list_for_each(pos, head, type, member)                                                                         \
	for (type *pos = list_entry((head)->next, type, member); &pos->member != (head);                               \
		pos = list_entry(pos->member.next, type, member))
#define list_for_each_safe(pos, head, type, member)                                                                    \
	for (type *pos = list_entry((head)->next, type, member),                                                       \
		  *pos##_next = list_entry(pos->member.next, type, member);                                            \
		&pos->member != (head); pos = pos##_next, pos##_next = list_entry(pos->member.next, type, member))

#endif
