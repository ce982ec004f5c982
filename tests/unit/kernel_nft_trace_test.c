/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages of the nftables trace, as Linux 6.18 sent them for a connection over lo that a rule rejects, and what is
 * made of them. */
#include "kernel/nft_trace.h"

#include <arpa/inet.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <stdlib.h>

#include "tests/unit/check.h"

enum {
	M_OUTPUT,
	M_MARK,
	M_MARK_END,
	M_MARK_POLICY,
	M_INPUT,
	M_JUMP,
	M_RETURN,
	M_ERROR,
	M_REJECT,
	M_FOO_END,
	M_ALONE,
	M_NUM
};
static const char *const recorded[M_NUM] = {
	/* output: the SYN of a connection over lo */
	"9c000000110a000000000000000000000200000008000f0000000002080004000000000308000600a77054110b0002006f7574707574"
	"00000c000100706b7477616c6b000c00030000000000000000050c000500080001000000000108000c000000000106000d0003040000"
	"180008004500003c218a4000400605310a0000010a00000118000900d6aa00516ea866ad00000000a002ffd714300000",
	/* mangle OUTPUT: a rule that sets the mark */
	"a4000000110a000000000000000000000200000008000f0000000002080004000000000308000600a77054110b0002004f5554505554"
	"00000b0001006d616e676c6500000c00030000000000000000020c00050008000100ffffffff08000e000000000708000c0000000001"
	"06000d0003040000180008004500003c218a4000400605310a0000010a00000118000900d6aa00516ea866ad00000000a002ffd71430"
	"0000",
	/* its end */
	"58000000110a000000000000000000000200000008000f0000000002080004000000000308000600a77054110b0002004f5554505554"
	"00000b0001006d616e676c6500000c00050008000100ffffffff08000e0000000007",
	/* its policy */
	"54000000110a000000000000000000000200000008000f0000000002080004000000000108000600a77054110b0002004f5554505554"
	"00000b0001006d616e676c650000080010000000000108000e0000000007",
	/* input */
	"b8000000110a000000000000000000000200000008000f0000000002080004000000000308000600deae8cef0a000200696e70757400"
	"00000c000100706b7477616c6b000c00030000000000000000060c000500080001000000000108000e000000000708000a0000000001"
	"06000b0003040000180008004500003c218a4000400605310a0000010a00000118000900d6aa00516ea866ad00000000a002ffd71430"
	"00001200070000000000000000000000000008000000",
	/* filter INPUT: a jump to foo */
	"c0000000110a000000000000000000000200000008000f0000000002080004000000000308000600deae8cef0a000200494e50555400"
	"00000b00010066696c74657200000c00030000000000000000051400050008000100fffffffd08000200666f6f0008000e0000000007"
	"08000a000000000106000b0003040000180008004500003c218a4000400605310a0000010a00000118000900d6aa00516ea866ad0000"
	"0000a002ffd7143000001200070000000000000000000000000008000000",
	/* foo: RETURN */
	"60000000110a000000000000000000000200000008000f0000000002080004000000000308000600deae8cef08000200666f6f000b00"
	"010066696c74657200000c00030000000000000000020c00050008000100fffffffb08000e0000000007",
	/* output: the rejection's own packet, in between */
	"9c000000110a000000000000000000000200000008000f0000000002080004000000000308000600973a1eb10b0002006f7574707574"
	"00000c000100706b7477616c6b000c00030000000000000000050c000500080001000000000108000c000000000106000d0003040000"
	"1800080045c0005857be000040010e260a0000010a000001180009000303709d000000004500003c218a400040060531",
	/* filter INPUT: rejected */
	"64000000110a000000000000000000000200000008000f0000000002080004000000000308000600deae8cef0a000200494e50555400"
	"00000b00010066696c74657200000c00030000000000000000070c000500080001000000000008000e0000000007",
	/* foo's end */
	"54000000110a000000000000000000000200000008000f000000000208000400000000030800060010d4464308000200666f6f000b00"
	"010066696c74657200000c00050008000100ffffffff08000e0000000007",
	/* filter INPUT: policy, of a run whose beginning was not seen */
	"54000000110a000000000000000000000200000008000f000000000208000400000000010800060010d446430a000200494e50555400"
	"00000b00010066696c7465720000080010000000000108000e0000000007",
};

/* ---- the bed ---- */

static void device(void *ctx, uint32_t ifindex, char name[IFNAMSIZ_])
{
	(void)ctx;
	if (ifindex == 1)
		str_copy(name, IFNAMSIZ_, "lo");
}

static uint64_t handle(void *ctx, uint8_t family, const char *table, uint64_t kernel)
{
	(void)ctx;
	return family == NF_FAMILY_IP && !strcmp(table, "filter") && kernel == 7 ? 107 : kernel;
}

static const struct nft_names names = { device, handle, NULL };

static unsigned from_hex(const char *hex, uint8_t *out)
{
	unsigned n = 0;

	for (; hex[2 * n]; n++) {
		const char two[3] = { hex[2 * n], hex[2 * n + 1], 0 };

		out[n] = (uint8_t)strtoul(two, NULL, 16);
	}
	return n;
}

/* What the message says, as text: "" = no observation. */
static const char *see_bytes(struct nft_runs *runs, const void *message, struct obs *o)
{
	static char text[512];
	struct nftnl_trace *t = nftnl_trace_alloc();
	struct nft_words words;
	struct buf b = { 0 };

	*o = (struct obs){ 0 };
	if (!nftnl_trace_nlmsg_parse(message, t) && nft_trace_observe(runs, t, &names, &words, o)) {
		event_phrase(&b, &o->e);
		buf_puts(&b, " of ");
		flow_format(&b, &o->flow);
	}
	nftnl_trace_free(t);
	str_copy(text, sizeof(text), buf_str(&b));
	buf_release(&b);
	return text;
}

static const char *see(struct nft_runs *runs, unsigned m, struct obs *o)
{
	uint8_t message[512] __attribute__((aligned(8)));

	from_hex(recorded[m], message);
	return see_bytes(runs, message, o);
}

/* ---- tests ---- */

#define SYN "tcp 10.0.0.1:54954 > 10.0.0.1:81"

static void in_turn(void)
{
	struct nft_runs *runs = xcalloc(1, sizeof(*runs));
	struct obs o;

	CHECK_STR(see(runs, M_OUTPUT, &o), "ip output out lo: ttl 64, 60 bytes, mark 0 of " SYN);
	CHECK(o.source == OBS_NFT && o.e.kind == EV_HOOK && o.group == 1 && o.flow_known);
	CHECK(o.tcp.flags == TCP_SYN && get32(o.tcp.seq) == 0x6ea866ad);
	CHECK_STR(see(runs, M_MARK, &o), "ip mangle OUTPUT handle 2: continue of " SYN);
	CHECK(o.e.kind == EV_RULE && o.group == 1);
	CHECK_STR(o.e.val[6].str, "output");
	CHECK_STR(see(runs, M_MARK_END, &o), "");
	CHECK_STR(see(runs, M_MARK_POLICY, &o), "ip mangle OUTPUT policy accept of " SYN);
	CHECK(o.e.kind == EV_POLICY && o.group == 1);
	CHECK_STR(see(runs, M_INPUT, &o), "ip input in lo: ttl 64, 60 bytes, mark 7 of " SYN);
	CHECK(o.group == 2);
	CHECK_STR(see(runs, M_JUMP, &o), "ip filter INPUT handle 5: jump foo of " SYN);
	CHECK_STR(see(runs, M_RETURN, &o), "ip filter foo handle 2: return of " SYN);
	CHECK_STR(see(runs, M_ERROR, &o),
		"ip output out lo: ttl 64, 88 bytes, mark 0 of icmp 10.0.0.1 > 10.0.0.1 type 3/3");
	CHECK(o.group == 3 && !o.tcp.flags);
	CHECK_STR(see(runs, M_REJECT, &o), "ip filter INPUT handle 107: drop of " SYN);
	CHECK(o.group == 2 && o.tcp.flags == TCP_SYN);
	CHECK_STR(o.e.val[6].str, "input");
	free(runs);
}

/* The kernel uses an id again: the later run counts. What began before our table was there has no flow, and no hook. */
static void again_and_alone(void)
{
	struct nft_runs *runs = xcalloc(1, sizeof(*runs));
	struct obs o;

	see(runs, M_OUTPUT, &o);
	see(runs, M_OUTPUT, &o);
	CHECK(o.group == 2);
	see(runs, M_MARK, &o);
	CHECK(o.group == 2);
	CHECK_STR(see(runs, M_ALONE, &o), "ip filter INPUT policy accept of ");
	CHECK(!o.flow_known && !o.group && o.e.val[4].type == VT_NONE);
	CHECK_STR(see(runs, M_JUMP, &o), "ip filter INPUT handle 5: jump foo of " SYN);
	CHECK(o.group == 3 && o.e.val[6].type == VT_NONE);
	for (unsigned i = 0; i < 2 * NFT_TRACE_RUNS; i++)
		see(runs, M_ERROR, &o);
	CHECK_STR(see(runs, M_FOO_END, &o), "");
	CHECK_STR(see(runs, M_MARK_POLICY, &o), "ip mangle OUTPUT policy accept of "); /* pushed out by others */
	free(runs);
}

/* A message of our chain with headers of these sizes. (libnftnl ends the program at an attribute that is malformed: the
 * kernel's are not. What is in them may be anything.) */
static struct nlmsghdr *made(uint8_t *buf, const uint8_t *network, size_t size, size_t transport)
{
	struct nlmsghdr *h = mnl_nlmsg_put_header(buf);

	mnl_nlmsg_put_extra_header(h, sizeof(struct nfgenmsg));
	mnl_attr_put_u32(h, NFTA_TRACE_ID, 5);
	mnl_attr_put_u32(h, NFTA_TRACE_TYPE, htonl(NFT_TRACETYPE_RULE));
	mnl_attr_put_strz(h, NFTA_TRACE_TABLE, NFT_TRACE_TABLE);
	mnl_attr_put_strz(h, NFTA_TRACE_CHAIN, "input");
	if (size)
		mnl_attr_put(h, NFTA_TRACE_NETWORK_HEADER, size, network);
	if (transport)
		mnl_attr_put(h, NFTA_TRACE_TRANSPORT_HEADER, transport, network + 40);
	return h;
}

/* Headers cut short anywhere, with any length in their first byte: what is told may be wrong, nothing may break. */
static void odd_headers(void)
{
	struct nft_runs *runs = xcalloc(1, sizeof(*runs));
	uint8_t buf[512] __attribute__((aligned(8))), packet[60] = { [2] = 0, [3] = 60, [8] = 64, [9] = IPPROTO_TCP_ };
	struct obs o;

	for (unsigned first = 0; first < 256; first++)
		for (size_t size = 0; size <= 40; size++) {
			packet[0] = (uint8_t)first;
			see_bytes(runs, made(buf, packet, size, size / 2), &o);
			CHECK(o.flow_known == (size >= 20));
		}
	packet[0] = 0x45;
	CHECK_STR(see_bytes(runs, made(buf, packet, 20, 0), &o),
		"ip input: ttl 64, 60 bytes, mark 0 of tcp 0.0.0.0 > 0.0.0.0, the rest not at hand");
	packet[0] = 0x4f; /* options, of which the kernel tells the first 20 bytes */
	packet[40] = 1;
	CHECK_STR(see_bytes(runs, made(buf, packet, 40, 20), &o),
		"ip input: ttl 64, 60 bytes, mark 0 of tcp 0.0.0.0:256 > 0.0.0.0:0");
	free(runs);
}

static void our_rules(void)
{
	struct nf *nf = nft_trace_rules();
	const struct nf_table *t = nf_table_find(nf, NF_FAMILY_IP, NFT_TRACE_TABLE);

	CHECK(t != NULL);
	for (uint8_t h = 0; h < NF_HOOK_NUM; h++) {
		const struct nf_chain *c = nf_chain_find(t, nf_hook_name(h));

		CHECK(c && c->base && c->hook == h && c->type == NF_CHAIN_FILTER && c->policy == NFV_ACCEPT);
		CHECK(c && c->priority == INT32_MIN + 1);
	}
	nf_commit(nf);
	CHECK(!nf->conntrack && !nf->nat);
	nf_free(nf);
}

int main(void)
{
	in_turn();
	again_and_alone();
	odd_headers();
	our_rules();
	return check_end();
}
