/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One line about a frame: as tcpdump has it, and never beyond what the frame holds. */
#include "model/summary.h"
#include "tests/unit/check.h"

static uint32_t hex(uint8_t *out, const char *text)
{
	unsigned v;
	uint32_t n = 0;

	for (; *text; text += 2) {
		while (*text == ' ')
			text++;
		sscanf(text, "%2x", &v);
		out[n++] = (uint8_t)v;
	}
	return n;
}

#define ETH "020000000002 020000000001 "
static const struct {
	const char *frame, *line;
} frames[] = {
	{ "ffffffffffff 020000000001 0806 0001 0800 06 04 0001 020000000001 0a000001 000000000000 0a000002",
		"02:00:00:00:00:01 > ff:ff:ff:ff:ff:ff, ethertype ARP (0x0806), length 42: Request who-has 10.0.0.2 "
		"tell 10.0.0.1, "
		"length 28" },
	{ ETH "0806 0001 0800 06 04 0002 020000000001 0a000001 020000000002 0a000002",
		"02:00:00:00:00:01 > 02:00:00:00:00:02, ethertype ARP (0x0806), length 42: Reply 10.0.0.1 is-at "
		"02:00:00:00:00:01, "
		"length 28" },
	{ ETH "0800 45000024 00004000 40010000 0a000001 0a000002 0800 0000 0011 0001 0000000000000000",
		"02:00:00:00:00:01 > 02:00:00:00:00:02, ethertype IPv4 (0x0800), length 50: 10.0.0.1 > 10.0.0.2: ICMP "
		"echo request, "
		"id 17, seq 1, length 16" },
	{ ETH "0800 45000028 00004000 40060000 0a000001 0a000002 1000 0050 00000001 00000000 5002 faf0 0000 0000",
		"02:00:00:00:00:01 > 02:00:00:00:00:02, ethertype IPv4 (0x0800), length 54: 10.0.0.1.4096 > "
		"10.0.0.2.80: Flags [S], "
		"seq 1, win 64240, length 0" },
	{ ETH "0800 45000038 00000000 40010000 0a000002 0a000001 0303 0000 00000000 4500001f 00004000 40110000 "
	      "0a000001 0a000002 "
	      "1000 0052 000b 0000",
		"02:00:00:00:00:01 > 02:00:00:00:00:02, ethertype IPv4 (0x0800), length 70: 10.0.0.2 > 10.0.0.1: ICMP "
		"10.0.0.2 udp "
		"port 82 unreachable, length 36" },
	{ ETH "0800 45000024 00002001 40010000 0a000001 0a000002 0000000000000000",
		"02:00:00:00:00:01 > 02:00:00:00:00:02, ethertype IPv4 (0x0800), length 42: 10.0.0.1 > 10.0.0.2: "
		"ip-proto-1" },
};

int main(void)
{
	uint8_t frame[200];
	char line[SUMMARY_SIZE];

	for (size_t i = 0; i < ARRAY_SIZE(frames); i++) {
		uint32_t n = hex(frame, frames[i].frame);

		CHECK_STR(frame_summary(line, frame, n), frames[i].line);
		for (uint32_t cut = 0; cut < n; cut++)
			CHECK(strlen(frame_summary(line, frame, cut)) < SUMMARY_SIZE);
	}
	return check_end();
}
