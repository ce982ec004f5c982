/* SPDX-License-Identifier: GPL-2.0-or-later */
/* JSON: escapes, bad bytes, and the lines of a run by name and order. */
#include "model/json.h"

#include "model/packet.h"
#include "sim/render.h"
#include "tests/unit/check.h"

static void strings(void)
{
	static const struct {
		const char *in, *out;
		size_t size;
	} row[] = {
		{ "", "\"\"", 0 }, { "a\"b\\c\n\t\r\b\f", "\"a\\\"b\\\\c\\n\\t\\r\\b\\f\"", 10 },
		{ "\x01\x1f\x7f", "\"\\u0001\\u001f\\u007f\"", 3 }, { "\0x", "\"\\u0000x\"", 2 },
		{ "gr\xc3\xbc\xc3\x9f", "\"gr\xc3\xbc\xc3\x9f\"", 6 },
		{ "\xff"
		  "a\xc3",
			"\"\\ufffda\\ufffd\"", 3 },
		{ "\xc0\xaf", "\"\\ufffd\\ufffd\"", 2 },            /* overlong */
		{ "\xed\xa0\x80", "\"\\ufffd\\ufffd\\ufffd\"", 3 }, /* surrogate */
		{ "\xf0\x9f\x98\x80", "\"\xf0\x9f\x98\x80\"", 4 },
		{ "\xf4\x90\x80\x80", "\"\\ufffd\\ufffd\\ufffd\\ufffd\"", 4 }, /* beyond U+10FFFF */
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		struct buf b = { 0 };

		json_string(&b, row[i].in, row[i].size);
		CHECK_STR(buf_str(&b), row[i].out);
		buf_release(&b);
	}
}

/* No field of an event may have the name of a member that every step has. */
static void field_names(void)
{
	static const char *const reserved[] = { "event", "packet", "parent", "clone_of", "number", "line", "time", "ns",
		"dev", "stage", "kind", "terminal", "text", "drop" };

	for (unsigned k = 0; k < EV_NUM; k++)
		for (unsigned i = 0; i < event_descs[k].n; i++)
			for (size_t j = 0; j < ARRAY_SIZE(reserved); j++)
				CHECK(strcmp(event_descs[k].field[i].name, reserved[j]));
	CHECK_STR(event_descs[EV_DROP].field[0].name, "reason");
}

static void lines(void)
{
	struct run run = { .path = "x.sh", .trace = trace_new() };
	struct report report = { 0 };
	struct buf out = { 0 };
	struct command *c = run_add(&run);
	struct trace *t = run.trace;
	struct val drop[] = { VAL_STR("NETFILTER_DROP"), VAL_STR("a rule") };
	uint32_t p = trace_packet_new(t, 0, 0, 1, false);

	c->text = xstrdup("ping 192.168.15.2");
	c->loc = (struct loc){ "x.sh", 3, 1 };
	buf_puts(&c->res.out, "hi\n");
	buf_puts(&c->res.err, "oh\n");
	trace_add(
		t, 1500000000, p, trace_intern(t, "red"), trace_intern(t, "veth-red"), 1, EV_DROP, ST_IP_RCV, drop, 2);
	report_add(&report, &(struct compare){ .what = CMP_RESULT, .agree = true, .name = "status", .command = 1 });
	render_run(&(struct render){ .ops = &render_json, .run = &run, .report = &report, .out = &out });
	CHECK_STR(buf_str(&out),
		"{\"event\":\"command\",\"line\":3,\"command\":\"ping 192.168.15.2\",\"status\":0,\"stdout\":\"hi\\n\","
		"\"stderr\":\"oh\\n\",\"number\":1,\"file\":\"x.sh\",\"operation\":\"netns add\",\"time\":0.000000000,"
		"\"end\":0.000000000,\"background\":false,\"as_expected\":true}\n"
		"{\"event\":\"step\",\"seq\":1,\"packet\":1,\"parent\":0,\"number\":1,\"line\":3,\"time\":1.500000000,"
		"\"ns\":"
		"\"red\","
		"\"dev\":\"veth-red\",\"stage\":\"ip_rcv\",\"kind\":\"drop\",\"terminal\":\"dropped\",\"drop\":"
		"\"NETFILTER_DROP\","
		"\"sentence\":\"a rule\",\"text\":\"NETFILTER_DROP: a rule\"}\n"
		"{\"event\":\"compare\",\"what\":\"result\",\"agree\":true,\"name\":\"status\",\"number\":1,\"line\":0}"
		"\n"
		"{\"event\":\"summary\",\"file\":\"x.sh\",\"commands\":1,\"failed\":0,\"packets\":1,\"events\":1,"
		"\"delivered\":0,"
		"\"absorbed\":0,\"merged\":0,\"left\":0,\"dropped\":1,\"time\":0.000000000,\"compared\":1,\"agree\":1,"
		"\"disagree\":0,\"verdict\":\"agrees\",\"skipped\":[],\"uncertain\":[]}\n");
	buf_release(&out);
	report_release(&report);
	run_release(&run);
}

int main(void)
{
	strings();
	field_names();
	lines();
	return check_end();
}
