/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages of rtnetlink and ctnetlink, as Linux 6.18 sent them, into the trace's kinds of events; cut short anywhere.
 */
#include "kernel/notice.h"

#include <linux/rtnetlink.h>
#include <stdlib.h>

#include "tests/unit/check.h"

static const struct observer_ops *const none[OBS_NUM] = { NULL };

static unsigned from_hex(uint8_t *to, const char *hex)
{
	unsigned n = 0, byte;

	for (; sscanf(hex, "%2x", &byte) == 1; hex += 2)
		to[n++] = (uint8_t)byte;
	return n;
}

static void read_message(struct observe *o, struct listener *l, bool ct, uint8_t *m)
{
	const struct nlmsghdr *h = (const void *)m;

	if (ct)
		ct_event_message(o, l, h);
	else
		monitor_message(o, l, h);
}

/* What the message says, and where; "" when it adds nothing. */
static void check_message(bool ct, const char *hex, const char *dev, const char *want)
{
	struct observe *o = observe_new(none, NULL);
	struct listener l = { .ns = (char *)"b" };
	_Alignas(8) uint8_t m[512];
	unsigned size = from_hex(m, hex);
	struct nlmsghdr *h = (void *)m;
	struct buf text = { 0 };

	listen_name(&l, 2, "br0");
	listen_name(&l, 3, "v0");
	read_message(o, &l, ct, m);
	CHECK(observe_list(o)->n == 1);
	if (observe_list(o)->n == 1) {
		const struct event *e = &observe_list(o)->v[0].e;

		event_phrase(&text, e);
		CHECK_STR(buf_str(&text), want);
		CHECK_STR(e->dev, dev);
		CHECK_STR(e->ns, "b");
	}
	for (; size > sizeof(*h); size -= 4) { /* not read beyond its end: the sanitizers look */
		uint8_t *copy = malloc(size);

		if (!copy)
			break;
		memcpy(copy, m, size);
		((struct nlmsghdr *)(void *)copy)->nlmsg_len = size;
		read_message(o, &l, ct, copy);
		free(copy);
	}
	buf_release(&text);
	free(l.name);
	observe_free(o);
}

int main(void)
{
	check_message(false,
		"4c0000001c0000000000000000000000020000000200000002000001080001000a0000020a00020002000000000200000800"
		"0400040000001400030000000000000000000000000002000000",
		"br0", "new neighbour 10.0.0.2 lladdr 02:00:00:00:00:02 REACHABLE");
	check_message(false,
		"400000001c0000000000000041000000020000000200000020000001080001000a0000020800040004000000140003002900"
		"0000290000002900000001000000",
		"br0", "new neighbour 10.0.0.2 FAILED");
	check_message(false,
		"400000001d0000000000000000000000020000000200000020000001080001000a0000020800040004000000140003002900"
		"0000290000002900000000000000",
		"br0", "delete neighbour 10.0.0.2");
	check_message(false,
		"4c0000001c00000000000000000000000700000003000000020000000a000200020000000002000008000900020000000800"
		"0f00000000001400030000000000000000000000000000000000",
		"br0", "new fdb entry 02:00:00:00:00:02 behind v0 REACHABLE");
	check_message(false,
		"4c0000001d00000000000000000000000700000002000000800000000a00020002000000000b000008000900020000000800"
		"0f00000000001400030000000000000000000000000000000000",
		"br0", "delete fdb entry 02:00:00:00:00:0b behind br0 PERMANENT");
	check_message(false,
		"54000000140000009c5b066b3b0000000218800002000000080001000a000001080002000a000001080004000a0000ff0800"
		"030062723000080008008000000014000600fffffffffffffffff4071800f4071800",
		"br0", "new address 10.0.0.1/24 brd 10.0.0.255 scope global label br0");
	check_message(false,
		"50000000180000069d5b066b4300000002100000fe0300010000000008000f00fe000000080001000a090000080006000700"
		"00000c0008000800020078050000080005000a0000020800040002000000",
		"",
		"new route unicast 10.9.0.0/16 via 10.0.0.2 dev br0 table 254 proto 3 scope global metric 7 mtu 1400");
	check_message(false,
		"44000000180000019e5b066b4400000002100000fe0300010000000008000f00fe000000080001000a090000080006000700"
		"0000080005000a0000030800040002000000",
		"", "replace route unicast 10.9.0.0/16 via 10.0.0.3 dev br0 table 254 proto 3 scope global metric 7");
	check_message(false,
		"3c00000019000000000000000000000002200000ff02fe020000000008000f00ff000000080001000a000001080007000a00"
		"00010800040002000000",
		"", "delete route local 10.0.0.1/32 dev br0 table 255 proto 2 scope host src 10.0.0.1");
	check_message(true,
		"a4000000000100060000000000000000020000003c00018014000180080001000a000001080002000a000002240002800500"
		"01000100000006000400004d0000050005000800000005000600000000003c00028014000180080001000a00000208000200"
		"0a00000124000280050001000100000006000400004d00000500050000000000050006000000000008000c000944b5a10800"
		"030000000008080007000000001e",
		"", "new icmp 10.0.0.1 > 10.0.0.2 id 77, reply 10.0.0.2 > 10.0.0.1 id 77 CONFIRMED for 30 s");
	check_message(true,
		"a4000000000100000000000000000000020000003c00018014000180080001000a000001080002000a000002240002800500"
		"01000100000006000400004d0000050005000800000005000600000000003c00028014000180080001000a00000208000200"
		"0a00000124000280050001000100000006000400004d00000500050000000000050006000000000008000c000944b5a10800"
		"03000000000a080007000000001e",
		"",
		"update icmp 10.0.0.1 > 10.0.0.2 id 77, reply 10.0.0.2 > 10.0.0.1 id 77 SEEN_REPLY CONFIRMED for 30 s");
	check_message(true,
		"a4000000020100000000000000000000020000003c00018014000180080001000a000001080002000a000002240002800500"
		"01000100000006000400004e0000050005000800000005000600000000003c00028014000180080001000a00000208000200"
		"0a00000124000280050001000100000006000400004e00000500050000000000050006000000000008000c00d59c5de60800"
		"03000000038a080007000000001d",
		"",
		"destroy icmp 10.0.0.1 > 10.0.0.2 id 78, reply 10.0.0.2 > 10.0.0.1 id 78 SEEN_REPLY CONFIRMED "
		"SRC_NAT_DONE DST_NAT_DONE DYING");
	return check_end();
}
