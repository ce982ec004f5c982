/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libFuzzer target: any bytes as what the kernel says over netlink, to everything that reads it. The functions of
 * libmnl that talk to the kernel are replaced by those below: a request is swallowed, and the input is what comes back,
 * read by read. The first byte says which of the readers in the table gets it; then, for each read, two bytes with its
 * length (little-endian) and the bytes; a length of 0 is the end of one answer. The sequence numbers of messages are
 * made those of the request, or hardly one would be looked at. */
#include <errno.h>
#include <stdlib.h>

#include "kernel/apply.h"
#include "kernel/nft_trace.h"
#include "kernel/observe.h"
#include "kernel/snapshot.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* ---- the kernel's side ---- */

struct mnl_socket {
	uint32_t seq; /* of the last request */
	bool owes;    /* an answer to it */
};
static const uint8_t *input;
static size_t input_left;

struct mnl_socket *mnl_socket_open2(int bus, int flags)
{
	(void)bus;
	(void)flags;
	return xcalloc(1, sizeof(struct mnl_socket));
}

int mnl_socket_bind(struct mnl_socket *s, unsigned groups, pid_t pid)
{
	(void)s;
	(void)groups;
	(void)pid;
	return 0;
}

int mnl_socket_setsockopt(const struct mnl_socket *s, int type, void *value, socklen_t size)
{
	(void)s;
	(void)type;
	(void)value;
	(void)size;
	return 0;
}

unsigned mnl_socket_get_portid(const struct mnl_socket *s)
{
	(void)s;
	return 1;
}

int mnl_socket_get_fd(const struct mnl_socket *s)
{
	(void)s;
	return -1;
}

int mnl_socket_close(struct mnl_socket *s)
{
	free(s);
	return 0;
}

ssize_t mnl_socket_sendto(const struct mnl_socket *s, const void *request, size_t size)
{
	struct mnl_socket *to = (struct mnl_socket *)(uintptr_t)s;

	to->seq = ((const struct nlmsghdr *)request)->nlmsg_seq;
	to->owes = true;
	return (ssize_t)size;
}

static ssize_t acknowledge(struct mnl_socket *s, void *to, size_t size)
{
	struct {
		struct nlmsghdr h;
		struct nlmsgerr e;
	} ack = { .h = { .nlmsg_len = sizeof(ack), .nlmsg_type = NLMSG_ERROR, .nlmsg_seq = s->seq } };

	errno = EAGAIN;
	if (!s->owes || size < sizeof(ack))
		return -1;
	s->owes = false;
	memcpy(to, &ack, sizeof(ack));
	return sizeof(ack);
}

static void make_sequence(void *at, size_t size, uint32_t seq)
{
	struct nlmsghdr *h = at;

	for (int left = (int)size; nl_ok(h, left); h = mnl_nlmsg_next(h, &left)) {
		h->nlmsg_seq = seq;
		if (MNL_ALIGN(h->nlmsg_len) > (unsigned)left)
			return;
	}
}

ssize_t mnl_socket_recvfrom(const struct mnl_socket *s, void *to, size_t size)
{
	size_t n = input_left < 2 ? 0 : (size_t)input[0] | (size_t)input[1] << 8;

	if (input_left >= 2) {
		input += 2;
		input_left -= 2;
	}
	n = n < input_left ? n : input_left;
	n = n < size ? n : size;
	if (!n)
		return acknowledge((struct mnl_socket *)(uintptr_t)s, to, size);
	memset(to, 0xa5, size);
	memcpy(to, input, n);
	input += n;
	input_left -= n;
	make_sequence(to, n, s->seq);
	return (ssize_t)n;
}

int setns(int fd, int type)
{
	(void)fd;
	(void)type;
	return 0;
}

/* There is always something to read. */
int poll(struct pollfd *fds, nfds_t n, int ms)
{
	(void)ms;
	for (nfds_t i = 0; i < n; i++)
		fds[i].revents = POLLIN;
	return (int)n;
}

/* ---- who listens ---- */

static void add_namespace(struct sandbox *s, const char *name)
{
	struct kns *k = xcalloc(1, sizeof(*k));

	str_copy(k->name, sizeof(k->name), name);
	k->fd = -1;
	k->nf = nft_trace_rules();
	htab_add(&s->by_name, &k->by_name, hash_bytes(name, strlen(name), 0));
	*(s->last ? &s->last->next : &s->first) = k;
	s->last = k;
}

static void tables(void)
{
	struct sandbox s = { 0 };
	struct err err = { 0 };
	struct result res = { 0 };
	struct op get = { .kind = OP_ROUTE_GET, .tool = "ip", .route = { .dst = { ip4(0x0a000001), 32 } } };
	struct net *net;

	add_namespace(&s, "");
	add_namespace(&s, "a");
	net = snapshot_take(&s, NULL, NSEC_PER_SEC, &err);
	if (net)
		kernel_route_get(&s, &get, net, &res, &err);
	snapshot_free(net);
	result_release(&res);
	sandbox_leave(&s);
}

static void events(void)
{
	const struct observer_ops *sources[OBS_NUM];
	struct observe *o;

	memcpy(sources, observe_sources, sizeof(sources));
	sources[OBS_TP] = NULL; /* these are no netlink messages */
	sources[OBS_NFT] =
		NULL; /* libnftnl decodes them, and exits when an attribute's length is wrong: abi_breakage() */
	o = observe_new(sources, NULL);
	observe_open(o, "host");
	observe_open(o, "a");
	observe_drain(o);
	observe_forget(o, "a");
	observe_free(o);
}

static void (*const readers[])(void) = { tables, events };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!size)
		return 0;
	input = data + 1;
	input_left = size - 1;
	readers[data[0] % ARRAY_SIZE(readers)]();
	return 0;
}
