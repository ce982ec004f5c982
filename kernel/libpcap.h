/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libpcap, loaded when the first capture begins. Linked in, it would bring a dozen libraries of its own (D-Bus,
 * systemd, compression, cryptography) into every run, which take longer to load than a lab takes in the model. */
#ifndef KERNEL_LIBPCAP_H
#define KERNEL_LIBPCAP_H

#include <pcap/pcap.h>

#include "model/err.h"

#define LIBPCAP_FUNCTIONS(F)                                                                                           \
	F(create)                                                                                                      \
	F(set_snaplen)                                                                                                 \
	F(set_buffer_size) F(set_immediate_mode) F(set_tstamp_precision) F(activate) F(close) F(datalink)              \
		F(setdirection) F(setnonblock) F(dispatch) F(stats) F(get_selectable_fd) F(geterr) F(statustostr)

struct libpcap { /* pcap_NAME() is NAME; {0} until loaded */
#define F(name) __typeof__(pcap_##name) *name;
	LIBPCAP_FUNCTIONS(F)
#undef F
};
/* Loads it for the rest of the process, when that was not done. 0, or -1 with *err: it is not installed. */
int libpcap_load(struct libpcap *l, struct err *err);

#endif
