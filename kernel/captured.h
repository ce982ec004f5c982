/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The captured frames as a file for Wireshark, each with a comment: the lab line, whether the model has it likewise,
 * and what the kernel told of the packet from there on. */
#ifndef KERNEL_CAPTURED_H
#define KERNEL_CAPTURED_H

#include "kernel/capture.h"
#include "model/report.h"
#include "model/run.h"

/* Appends the file. frames: as compare_frames() left them (struct frame's seq). */
void captured_pcapng(const struct frames *frames, const struct run *run, const struct report *report, struct buf *out);

#endif
