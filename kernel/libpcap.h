/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libpcap, loaded when the first capture begins. Linked in, it would bring a dozen libraries of its own (D-Bus,
 * systemd, compression, cryptography) into every run, which take longer to load than a lab takes in the model. */
#ifndef KERNEL_LIBPCAP_H
#define KERNEL_LIBPCAP_H

#include <pcap/pcap.h>

#include "model/err.h"

struct libpcap { /* pcap_NAME() is NAME; {0} until loaded */
	__typeof__(pcap_create) *create;
	__typeof__(pcap_set_snaplen) *set_snaplen;
	__typeof__(pcap_set_buffer_size) *set_buffer_size;
	__typeof__(pcap_set_immediate_mode) *set_immediate_mode;
	__typeof__(pcap_set_tstamp_precision) *set_tstamp_precision;
	__typeof__(pcap_activate) *activate;
	__typeof__(pcap_close) *close;
	__typeof__(pcap_datalink) *datalink;
	__typeof__(pcap_setdirection) *setdirection;
	__typeof__(pcap_setnonblock) *setnonblock;
	__typeof__(pcap_dispatch) *dispatch;
	__typeof__(pcap_stats) *stats;
	__typeof__(pcap_get_selectable_fd) *get_selectable_fd;
	__typeof__(pcap_geterr) *geterr;
	__typeof__(pcap_statustostr) *statustostr;
};
/* Loads it for the rest of the process, when that was not done. 0, or -1 with *err: it is not installed. */
int libpcap_load(struct libpcap *l, struct err *err);

#endif
