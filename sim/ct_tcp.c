/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Connection tracking of TCP: net/netfilter/nf_conntrack_proto_tcp.c.
 *
 * Theory of operation. Each segment is one of six kinds by its flags; the table `next_state` says, by the direction,
 * the kind and the state so far, which state comes, or that the segment is to be ignored (it passes, and changes
 * nothing but what is noted of it) or is invalid. A segment that may change the state must also lie in the window,
 * as far as one can know in the middle of the way (tcp_in_window()). The loose mode of Linux (tcp_loose 1) takes a
 * connection up in its middle. Timeouts are the defaults of net.netfilter.nf_conntrack_tcp_timeout_*.
 * Not modelled: tcp_be_liberal, SYN proxies, sequence numbers that helpers shift. */
#include "sim/netfilter.h"

#define MAX_ACK_WINDOW 66000u
#define MAX_WSCALE 14
#define MAX_RETRANS 3
#define SECONDS(n) ((n)*NSEC_PER_SEC)
#define TIMEOUT_RETRANS SECONDS(300)
#define TIMEOUT_UNACK SECONDS(300)

enum kind { K_SYN, K_SYNACK, K_FIN, K_ACK, K_RST, K_NONE, K_NUM }; /* enum tcp_bit_set */
enum { IV = CT_TCP_NUM, IG };                                      /* TCP_CONNTRACK_MAX, TCP_CONNTRACK_IGNORE */
/* IP_CT_TCP_FLAG_* and the others that stand in last_flags. */
enum {
	F_WINDOW_SCALE = 1,
	F_SACK_PERM = 2,
	F_CLOSE_INIT = 4,
	F_BE_LIBERAL = 8,
	F_DATA_UNACKED = 16,
	F_MAXACK_SET = 32,
	F_CHALLENGE_ACK = 64,
	F_SIMULTANEOUS_OPEN = 128
};

static const uint64_t timeout_of[CT_TCP_NUM] = { [CT_TCP_SYN_SENT] = SECONDS(120),
	[CT_TCP_SYN_RECV] = SECONDS(60),
	[CT_TCP_ESTABLISHED] = SECONDS(432000),
	[CT_TCP_FIN_WAIT] = SECONDS(120),
	[CT_TCP_CLOSE_WAIT] = SECONDS(60),
	[CT_TCP_LAST_ACK] = SECONDS(30),
	[CT_TCP_TIME_WAIT] = SECONDS(120),
	[CT_TCP_CLOSE] = SECONDS(10),
	[CT_TCP_SYN_SENT2] = SECONDS(120) };

/* clang-format off */
enum { NO = CT_TCP_NONE, SS = CT_TCP_SYN_SENT, SR = CT_TCP_SYN_RECV, ES = CT_TCP_ESTABLISHED, FW = CT_TCP_FIN_WAIT,
	CW = CT_TCP_CLOSE_WAIT, LA = CT_TCP_LAST_ACK, TW = CT_TCP_TIME_WAIT, CL = CT_TCP_CLOSE, S2 = CT_TCP_SYN_SENT2 };
static const uint8_t next_state[2][K_NUM][CT_TCP_NUM] = {
	[CT_ORIGINAL] = {     /* NO  SS  SR  ES  FW  CW  LA  TW  CL  S2 */
		[K_SYN]    = {   SS, SS, IG, IG, IG, IG, IG, SS, SS, S2 },
		[K_SYNACK] = {   IV, IV, IG, IG, IG, IG, IG, IG, IG, SR },
		[K_FIN]    = {   IV, IV, FW, FW, LA, LA, LA, TW, CL, IV },
		[K_ACK]    = {   ES, IV, ES, ES, CW, CW, TW, TW, CL, IV },
		[K_RST]    = {   IV, CL, CL, CL, CL, CL, CL, CL, CL, CL },
		[K_NONE]   = {   IV, IV, IV, IV, IV, IV, IV, IV, IV, IV },
	},
	[CT_REPLY] = {        /* NO  SS  SR  ES  FW  CW  LA  TW  CL  S2 */
		[K_SYN]    = {   IV, S2, IV, IV, IV, IV, IV, SS, IV, S2 },
		[K_SYNACK] = {   IV, SR, IG, IG, IG, IG, IG, IG, IG, SR },
		[K_FIN]    = {   IV, IV, FW, FW, LA, LA, LA, TW, CL, IV },
		[K_ACK]    = {   IV, IG, SR, ES, CW, CW, TW, TW, CL, IG },
		[K_RST]    = {   IV, CL, CL, CL, CL, CL, CL, CL, CL, CL },
		[K_NONE]   = {   IV, IV, IV, IV, IV, IV, IV, IV, IV, IV },
	},
};
/* clang-format on */

/* A segment, read once. */
struct seg {
	const uint8_t *opt; /* options, opt_len bytes */
	uint32_t opt_len;
	uint32_t seq, ack, end; /* end: behind data, SYN and FIN */
	uint16_t win;
	uint8_t flags;
	enum kind kind;
};

static bool before(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) < 0;
}

static bool after(uint32_t a, uint32_t b)
{
	return before(b, a);
}

static enum kind kind_of(uint8_t flags)
{
	if (flags & TCP_RST)
		return K_RST;
	if (flags & TCP_SYN)
		return flags & TCP_ACK ? K_SYNACK : K_SYN;
	if (flags & TCP_FIN)
		return K_FIN;
	return flags & TCP_ACK ? K_ACK : K_NONE;
}

/* tcp_error(): NULL when it is a proper segment. Checksums are right in the model, as veth pairs leave them to be. */
static const char *seg_read(struct seg *g, const struct packet *p, int32_t l4)
{
	const struct tcp_hdr *th = packet_at(p, l4, sizeof(*th));
	uint32_t len = p->off + p->len - (uint32_t)l4, hlen;
	uint8_t f;

	if (!th)
		return "short packet";
	hlen = (uint32_t)(th->doff >> 4) * 4;
	if (hlen < sizeof(*th) || len < hlen)
		return "truncated packet";
	f = th->flags & (TCP_FIN | TCP_SYN | TCP_RST | TCP_ACK | TCP_URG);
	if (f != TCP_SYN && f != (TCP_SYN | TCP_URG) && f != (TCP_SYN | TCP_ACK) && f != TCP_RST &&
		f != (TCP_RST | TCP_ACK) && f != (TCP_FIN | TCP_ACK) && f != (TCP_FIN | TCP_ACK | TCP_URG) &&
		f != TCP_ACK && f != (TCP_ACK | TCP_URG))
		return "invalid tcp flag combination";
	*g = (struct seg){ .opt = (const uint8_t *)(th + 1),
		.opt_len = hlen - (uint32_t)sizeof(*th),
		.seq = get32(th->seq),
		.ack = get32(th->ack),
		.win = get16(th->window),
		.flags = th->flags,
		.kind = kind_of(th->flags) };
	g->end = g->seq + len - hlen + !!(f & TCP_SYN) + !!(f & TCP_FIN);
	return NULL;
}

/* The next option that is whole: its kind, with *data behind its length, *n bytes. 0 = the end. */
static uint8_t option_next(const uint8_t **at, uint32_t *left, const uint8_t **data, uint32_t *n)
{
	while (*left && **at == 1) { /* NOP */
		(*at)++;
		(*left)--;
	}
	if (*left < 2 || !**at || (*at)[1] < 2 || (*at)[1] > *left)
		return 0;
	*data = *at + 2;
	*n = (*at)[1] - 2u;
	*left -= (*at)[1];
	*at += (*at)[1];
	return (*data)[-2];
}

/* tcp_options(): what a SYN says of scaling and selective acknowledgement. */
static void read_options(const struct seg *g, struct ct_tcp_seen *seen)
{
	const uint8_t *at = g->opt, *data;
	uint32_t left = g->opt_len, n;
	uint8_t kind;

	if (!left)
		return;
	seen->scale = 0;
	seen->flags &= F_BE_LIBERAL;
	while ((kind = option_next(&at, &left, &data, &n))) {
		if (kind == 4 && n == 0)
			seen->flags |= F_SACK_PERM;
		if (kind == 3 && n == 1) {
			seen->scale = data[0] > MAX_WSCALE ? MAX_WSCALE : data[0];
			seen->flags |= F_WINDOW_SCALE;
		}
	}
}

/* tcp_sack(): the highest right edge that the segment acknowledges. */
static uint32_t read_sack(const struct seg *g, uint32_t sack)
{
	const uint8_t *at = g->opt, *data;
	uint32_t left = g->opt_len, n;
	uint8_t kind;

	while ((kind = option_next(&at, &left, &data, &n))) {
		if (kind != 5 || n < 8 || n % 8)
			continue;
		for (uint32_t i = 0; i < n; i += 8) {
			uint32_t edge = get32(*(const be32 *)(const void *)(data + i + 4));

			if (after(edge, sack))
				sack = edge;
		}
		break;
	}
	return sack;
}

static void init_sender(struct ct_tcp_seen *sender, struct ct_tcp_seen *receiver, const struct seg *g, enum ct_dir dir)
{
	sender->end = sender->maxend = g->end;
	sender->maxwin = g->win ? g->win : 1;
	read_options(g, sender);
	if (dir == CT_REPLY && !(sender->flags & receiver->flags & F_WINDOW_SCALE))
		sender->scale = receiver->scale = 0;
}

enum in_window { WIN_ACCEPT, WIN_IGNORE, WIN_INVALID };

static enum in_window out_of_window(
	const struct ct_tcp_seen *sender, enum in_window r, const char *text, const char **why)
{
	if (sender->flags & F_BE_LIBERAL)
		return WIN_ACCEPT;
	*why = text;
	return r;
}

/* A direction of which nothing was seen, or a SYN that begins anew. True: no more to be checked. */
static bool learn_sender(struct ct *ct, enum ct_dir dir, const struct seg *g, uint32_t sack)
{
	struct ct_tcp_seen *sender = &ct->seen[dir], *receiver = &ct->seen[!dir];

	if (!sender->maxwin) {
		if (g->flags & TCP_SYN) {
			init_sender(sender, receiver, g, dir);
			return !(g->flags & TCP_ACK); /* simultaneous open */
		}
		sender->end = g->end;
		sender->maxwin = (uint32_t)g->win << sender->scale;
		if (!sender->maxwin)
			sender->maxwin = 1;
		sender->maxend = g->end + sender->maxwin;
		if (!receiver->maxwin)
			receiver->end = receiver->maxend = sack;
		else if (sack == receiver->end + 1) /* likely the answer to a keepalive */
			receiver->end++;
		return false;
	}
	if ((g->flags & TCP_SYN) && after(g->end, sender->end) &&
		(ct->tcp_state == CT_TCP_SYN_SENT || ct->tcp_state == CT_TCP_SYN_RECV)) {
		init_sender(sender, receiver, g, dir);
		return dir == CT_REPLY && !(g->flags & TCP_ACK);
	}
	return false;
}

static void update_window(
	struct ct *ct, enum ct_dir dir, const struct seg *g, uint32_t end, uint32_t ack, uint32_t sack)
{
	struct ct_tcp_seen *sender = &ct->seen[dir], *receiver = &ct->seen[!dir];
	uint32_t win = g->win, swin;

	if (!(g->flags & TCP_SYN))
		win <<= sender->scale;
	swin = win + (sack - ack);
	if (sender->maxwin < swin)
		sender->maxwin = swin;
	if (after(end, sender->end)) {
		sender->end = end;
		sender->flags |= F_DATA_UNACKED;
	}
	if ((g->flags & TCP_ACK) && (!(sender->flags & F_MAXACK_SET) || after(ack, sender->maxack))) {
		sender->maxack = ack;
		sender->flags |= F_MAXACK_SET;
	}
	if (receiver->maxwin && after(end, sender->maxend))
		receiver->maxwin += end - sender->maxend;
	if (after(sack + win, receiver->maxend - 1))
		receiver->maxend = sack + win + !win;
	if (ack == receiver->end)
		receiver->flags &= (uint8_t)~F_DATA_UNACKED;
}

static void count_retransmission(
	struct ct *ct, enum ct_dir dir, const struct seg *g, uint32_t seq, uint32_t end, uint32_t ack)
{
	if (ct->tcp_last_dir == dir && ct->tcp_last_seq == seq && ct->tcp_last_ack == ack && ct->tcp_last_end == end &&
		ct->tcp_last_win == g->win) {
		ct->tcp_retrans++;
		return;
	}
	ct->tcp_last_dir = (uint8_t)dir;
	ct->tcp_last_seq = seq;
	ct->tcp_last_ack = ack;
	ct->tcp_last_end = end;
	ct->tcp_last_win = g->win;
	ct->tcp_retrans = 0;
}

/* tcp_in_window() */
static enum in_window in_window(struct ct *ct, enum ct_dir dir, const struct seg *g, const char **why)
{
	struct ct_tcp_seen *sender = &ct->seen[dir], *receiver = &ct->seen[!dir];
	uint32_t seq = g->seq, end = g->end, ack = g->ack, sack = ack, ack_window;
	bool in_recv_win;

	if (receiver->flags & F_SACK_PERM)
		sack = read_sack(g, sack);
	if (learn_sender(ct, dir, g, sack))
		return WIN_ACCEPT;
	if (!(g->flags & TCP_ACK) || ((g->flags & TCP_RST) && !ack))
		ack = sack = receiver->end;
	if ((g->flags & TCP_RST) && !seq && ct->tcp_state == CT_TCP_SYN_SENT)
		seq = end = sender->end; /* a reset that answers a SYN */
	ack_window = sender->maxwin > MAX_ACK_WINDOW ? sender->maxwin : MAX_ACK_WINDOW;
	in_recv_win = after(end, sender->end - receiver->maxwin - 1);
	if (!before(seq, sender->maxend + 1)) {
		uint32_t overshot = end - sender->maxend + 1;

		if (receiver->maxwin && in_recv_win && after(sack, receiver->end - ack_window - 1) &&
			overshot <= receiver->maxwin && before(sack, receiver->end + 1)) {
			sender->end = end;
			sender->flags |= F_DATA_UNACKED;
			return out_of_window(sender, WIN_IGNORE, "more bytes than expected", why);
		}
		return out_of_window(sender, WIN_INVALID, "SEQ is over upper bound", why);
	}
	if (!before(sack, receiver->end + 1))
		return out_of_window(sender, WIN_INVALID, "ACK is over upper bound", why);
	if (receiver->maxwin && !in_recv_win)
		return out_of_window(sender, WIN_IGNORE, "SEQ is under lower bound", why);
	if (!after(sack, receiver->end - ack_window - 1))
		return out_of_window(sender, WIN_IGNORE, "ACK is under lower bound", why);
	update_window(ct, dir, g, end, ack, sack);
	if (g->kind == K_ACK)
		count_retransmission(ct, dir, g, seq, end, ack);
	return WIN_ACCEPT;
}

/* nf_tcp_handle_invalid(): an end that was out of the window on both sides makes the entry die sooner. */
static void handle_invalid(struct ct *ct, uint64_t now, enum ct_dir dir, const struct seg *g)
{
	if (!(ct->status & CTS_ASSURED) || (g->kind != K_RST && g->kind != K_FIN))
		return;
	if (ct->tcp_last_dir != dir && (ct->tcp_last_index == K_FIN || ct->tcp_last_index == K_RST)) {
		if (ct->expires > now + TIMEOUT_UNACK)
			ct->expires = now + TIMEOUT_UNACK;
		return;
	}
	ct->tcp_last_index = (uint8_t)g->kind;
	ct->tcp_last_dir = (uint8_t)dir;
}

/* tcp_new(): false when no connection begins like this. */
static bool tcp_new(struct ct *ct, const struct seg *g)
{
	uint8_t state = next_state[CT_ORIGINAL][g->kind][CT_TCP_NONE];

	if (state == IV)
		return false;
	ct->tcp_state = CT_TCP_NONE;
	ct->seen[0] = ct->seen[1] = (struct ct_tcp_seen){ 0 };
	ct->tcp_retrans = 0;
	ct->tcp_last_flags = 0;
	ct->seen[0].end = ct->seen[0].maxend = g->end;
	ct->seen[0].maxwin = g->win ? g->win : 1;
	if (state == CT_TCP_SYN_SENT) {
		read_options(g, &ct->seen[0]);
	} else { /* taken up in its middle */
		ct->seen[0].maxend = g->end + ct->seen[0].maxwin;
		ct->seen[0].flags = ct->seen[1].flags = F_SACK_PERM | F_BE_LIBERAL;
	}
	ct->tcp_last_index = K_NONE;
	return true;
}

/* What is noted of a segment that is ignored: it may turn out that both ends agreed, and we did not. */
static void note_ignored(struct ct *ct, enum ct_dir dir, const struct seg *g, uint8_t old)
{
	ct->tcp_last_index = (uint8_t)g->kind;
	ct->tcp_last_dir = (uint8_t)dir;
	ct->tcp_last_seq = g->seq;
	ct->tcp_last_end = g->end;
	ct->tcp_last_win = g->win;
	if (g->kind == K_SYN && dir == CT_ORIGINAL) {
		struct ct_tcp_seen seen = { 0 };

		read_options(g, &seen);
		ct->tcp_last_wscale = seen.scale;
		ct->tcp_last_flags = seen.flags;
		if (old == CT_TCP_LAST_ACK)
			ct->tcp_last_flags |= F_CHALLENGE_ACK;
	}
	if (old == CT_TCP_SYN_SENT && g->kind == K_ACK && dir == CT_REPLY)
		ct->tcp_last_ack = g->ack;
}

/* A SYN/ACK that answers a SYN which we ignored: we were out of step, and take over what both ends agreed. */
static bool resync(struct ct *ct, enum ct_dir dir, const struct seg *g)
{
	struct ct_tcp_seen *other = &ct->seen[ct->tcp_last_dir];

	if (g->kind != K_SYNACK || ct->tcp_last_index != K_SYN || ct->tcp_last_dir == dir || g->ack != ct->tcp_last_end)
		return false;
	other->end = other->maxend = ct->tcp_last_end;
	other->maxwin = ct->tcp_last_win ? ct->tcp_last_win : 1;
	other->scale = ct->tcp_last_wscale;
	ct->tcp_last_flags &= (uint8_t)~F_CHALLENGE_ACK;
	other->flags = ct->tcp_last_flags;
	ct->seen[dir] = (struct ct_tcp_seen){ .flags = ct->seen[dir].flags & F_BE_LIBERAL };
	return true;
}

static bool closing(uint8_t state) /* tcp_can_early_drop() */
{
	return state >= CT_TCP_FIN_WAIT && state <= CT_TCP_CLOSE;
}

/* A reset. True: its window is not to be checked. */
enum rst { RST_CHECK, RST_IN_WINDOW, RST_INVALID };
static enum rst handle_rst(const struct ct *ct, enum ct_dir dir, const struct seg *g, uint8_t old, uint8_t *state)
{
	const struct ct_tcp_seen *other = &ct->seen[!dir];
	bool established = ct->tcp_state == CT_TCP_ESTABLISHED;

	if (closing(ct->tcp_state))
		return RST_IN_WINDOW;
	if ((other->flags & F_MAXACK_SET) && ct->tcp_last_index != K_SYN) {
		if (!g->seq && !established)
			return RST_CHECK;
		if (before(g->seq, other->maxack))
			return RST_INVALID;
		if (!established || g->seq == other->maxack)
			return RST_CHECK;
		if (ct->tcp_last_index == K_ACK && ct->tcp_last_dir == dir && g->seq == ct->tcp_last_end)
			return RST_CHECK;
		*state = old; /* it may be answered by a challenge ACK */
	}
	if ((((ct->status & CTS_SEEN_REPLY) && ct->tcp_last_index == K_SYN) ||
		    (!(ct->status & CTS_ASSURED) && ct->tcp_last_index == K_ACK)) &&
		g->ack == ct->tcp_last_end)
		return RST_IN_WINDOW;
	if (old == CT_TCP_SYN_SENT && ct->tcp_last_index == K_ACK && ct->tcp_last_dir == CT_REPLY &&
		g->seq == ct->tcp_last_ack)
		return RST_IN_WINDOW;
	return RST_CHECK;
}

static uint64_t choose_timeout(const struct ct *ct, const struct seg *g, uint8_t state)
{
	uint64_t t = timeout_of[state];

	if (ct->tcp_retrans >= MAX_RETRANS && t > TIMEOUT_RETRANS)
		return TIMEOUT_RETRANS;
	if (g->kind == K_RST)
		return timeout_of[CT_TCP_CLOSE];
	if (((ct->seen[0].flags | ct->seen[1].flags) & F_DATA_UNACKED) && t > TIMEOUT_UNACK)
		return TIMEOUT_UNACK;
	if (!ct->tcp_last_win && t > TIMEOUT_RETRANS)
		return TIMEOUT_RETRANS;
	return t;
}

/* The segment is accepted: the state changes, and the entry lives on. */
static enum ct_action settle(struct sim *s, struct ct *ct, const struct packet *p, uint8_t info, const struct seg *g,
	uint8_t old, uint8_t state)
{
	enum ct_dir dir = ct_info_dir(info);
	uint64_t timeout;

	ct->tcp_last_index = (uint8_t)g->kind;
	ct->tcp_last_dir = (uint8_t)dir;
	ct->tcp_state = state;
	ct->tcp_close_reset = state == CT_TCP_CLOSE && g->kind == K_RST;
	if (old != state && state == CT_TCP_FIN_WAIT)
		ct->seen[dir].flags |= F_CLOSE_INIT;
	if (old != state)
		nf_ct_event(ct, CTE_PROTOINFO);
	timeout = choose_timeout(ct, g, state);
	if (!(ct->status & CTS_SEEN_REPLY)) {
		if (g->kind == K_RST) { /* the only answer is a reset: there was no connection */
			nf_ct_kill(s, ct);
			return CTA_ACCEPT;
		}
		if (g->kind == K_SYN && old == CT_TCP_SYN_SENT)
			return CTA_ACCEPT; /* a SYN again does not make it live longer */
		if (state == CT_TCP_ESTABLISHED && timeout > TIMEOUT_UNACK)
			timeout = TIMEOUT_UNACK;
	} else if (!(ct->status & CTS_ASSURED) && (old == CT_TCP_SYN_RECV || old == CT_TCP_ESTABLISHED) &&
		   state == CT_TCP_ESTABLISHED) {
		ct->status |= CTS_ASSURED;
		nf_ct_event(ct, CTE_ASSURED);
	}
	nf_ct_refresh(ct, s->now, info, p, timeout);
	return CTA_ACCEPT;
}

enum ct_action ct_tcp_packet(struct sim *s, struct ct *ct, struct packet *p, int32_t l4, uint8_t info, const char **why)
{
	enum ct_dir dir = ct_info_dir(info);
	uint8_t old, state;
	enum in_window w;
	struct seg g;

	*why = seg_read(&g, p, l4);
	if (*why)
		return CTA_INVALID;
	if (!(ct->status & CTS_CONFIRMED) && !tcp_new(ct, &g)) {
		*why = "invalid new";
		return CTA_INVALID;
	}
	old = ct->tcp_state;
	state = next_state[dir][g.kind][old];
	if (state == CT_TCP_SYN_SENT && old >= CT_TCP_TIME_WAIT) {
		if (((ct->seen[0].flags | ct->seen[1].flags) & F_CLOSE_INIT) ||
			(ct->tcp_last_dir == dir && ct->tcp_last_index == K_RST)) {
			nf_ct_kill(s, ct);
			return CTA_REPEAT;
		}
		state = IG;
	}
	if (state == IG) {
		if (!resync(ct, dir, &g)) {
			note_ignored(ct, dir, &g, old);
			*why = "ignored";
			return CTA_ACCEPT;
		}
		old = CT_TCP_SYN_SENT;
		state = CT_TCP_SYN_RECV;
	} else if (state == IV) {
		*why = "invalid in this state";
		return CTA_INVALID;
	} else if (state == CT_TCP_TIME_WAIT && old == CT_TCP_LAST_ACK && g.kind == K_ACK && ct->tcp_last_dir != dir &&
		   ct->tcp_last_index == K_SYN && (ct->tcp_last_flags & F_CHALLENGE_ACK)) {
		ct->tcp_last_flags &= (uint8_t)~F_CHALLENGE_ACK;
		*why = "challenge ACK ignored";
		return CTA_ACCEPT;
	} else if (state == CT_TCP_SYN_SENT2) {
		ct->tcp_last_flags |= F_SIMULTANEOUS_OPEN;
	} else if (state == CT_TCP_SYN_RECV && dir == CT_REPLY && g.kind == K_ACK &&
		   (ct->tcp_last_flags & F_SIMULTANEOUS_OPEN)) {
		state = CT_TCP_ESTABLISHED;
	} else if (state == CT_TCP_CLOSE && g.kind == K_RST) {
		enum rst r = handle_rst(ct, dir, &g, old, &state);

		if (r == RST_INVALID) {
			*why = "invalid rst";
			return CTA_INVALID;
		}
		if (r == RST_IN_WINDOW)
			return settle(s, ct, p, info, &g, old, state);
	}
	w = in_window(ct, dir, &g, why);
	if (w == WIN_INVALID)
		handle_invalid(ct, s->now, dir, &g);
	if (w != WIN_ACCEPT)
		return w == WIN_IGNORE ? CTA_ACCEPT : CTA_INVALID;
	return settle(s, ct, p, info, &g, old, state);
}

void ct_tcp_set_closing(struct ct *ct, uint64_t now)
{
	if (!(ct->status & CTS_CONFIRMED) || ct->tcp_state == CT_TCP_CLOSE) {
		if (ct->status & CTS_CONFIRMED)
			ct->tcp_state = CT_TCP_CLOSE;
		return;
	}
	ct->tcp_state = CT_TCP_CLOSE;
	ct->expires = now + timeout_of[CT_TCP_CLOSE];
	nf_ct_event(ct, CTE_PROTOINFO);
}
