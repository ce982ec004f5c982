/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which predicted frames have not been captured yet: what the replay waits for before it goes on. */
#ifndef KERNEL_AWAIT_H
#define KERNEL_AWAIT_H

#include "kernel/capture.h"
#include "model/run.h"

struct await;
struct await *await_new(const struct run *run);
void await_free(struct await *a);
/* From now on the frames that the model saw until the shell had done this command (an index) are waited for too. */
void await_command(struct await *a, uint32_t command);
/* Takes note of the frames that were captured since the last call (the list only grows). */
void await_take(struct await *a, const struct frames *captured);
/* Nothing that is waited for is missing. */
bool await_done(const struct await *a);
/* What is missing now is not waited for again. */
void await_give_up(struct await *a);

#endif
