/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One line about a frame, in the manner of tcpdump. Used for the frames of the model and for captured ones. */
#ifndef MODEL_SUMMARY_H
#define MODEL_SUMMARY_H

#include "model/base.h"

#define SUMMARY_SIZE 200
/* frame: from the Ethernet header on. Returns out, always terminated. */
const char *frame_summary(char out[SUMMARY_SIZE], const uint8_t *frame, uint32_t size);
/* The same without the Ethernet header, as tcpdump has it without -e: of ARP and IPv4; all of it of other frames. */
const char *frame_brief(char out[SUMMARY_SIZE], const uint8_t *frame, uint32_t size);

#endif
