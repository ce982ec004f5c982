/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef KERNEL_SHARE_H
#define KERNEL_SHARE_H

#include "kernel/observe.h"

struct kernel_shared;
/* What of it one lab uses; borrowed. */
struct observe_shared kernel_shared_for(const struct kernel_shared *s);

#endif
