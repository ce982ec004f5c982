#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Prints what of this machine a test might have touched, one thing a line: links, addresses, routes, rules, neighbours,
# qdiscs, bridges, sysctls, rules of nftables, names of namespaces, mounts, BPF programs, the state of tracing. What changes
# by itself is left out or masked, each with its reason. Two outputs that differ: something was touched.
#   tests/state.sh >before; ...; tests/state.sh | diff before -
export LC_ALL=C
section() { # NAME COMMAND...: its lines, in the order of their text
	local name=$1
	shift
	"$@" 2>/dev/null | sort | sed "s/^/$name: /"
}
# lifetimes of addresses and routes count down
lifetimes() { sed -E 's/(valid_lft|preferred_lft|expires) [0-9]+sec/\1 N/g'; }
addresses() { ip -o addr show | lifetimes; }
routes() { { ip route show table all; ip -6 route show table all; } | lifetimes; }
# dynamic neighbours and fdb entries come, age and go with the machine's own traffic
neighbours() { ip neigh show nud permanent; ip neigh show nud noarp; bridge fdb show | grep permanent; }
sysctls() {
	# nf_conntrack_count is a counter; random/ and the like are not below net/
	grep -rs . /proc/sys/net | grep -v '/nf_conntrack_count:'
}
# -s: without counters
ruleset() { nft -s list ruleset; cat /proc/net/ip_tables_names /proc/net/ip6_tables_names /proc/net/arp_tables_names; }
# the machine's own connections come and go: only whether anything is tracked at all
tracked() { [ "$(cat /proc/sys/net/netfilter/nf_conntrack_count)" = 0 ] && echo none || echo some; }
# ids grow with every program that anything loads, and what a process holds goes with it: names of what nothing holds open
bpf() {
	python3 - <<'END'
import collections, ctypes, glob, platform, struct
nr = {"x86_64": 321, "aarch64": 280}[platform.machine()]
NEXT, BY_ID, INFO = {"prog": 11, "link": 31}, {"prog": 13, "link": 30}, 15
libc = ctypes.CDLL(None)
def bpf(cmd, data):
    b = ctypes.create_string_buffer(data, 128)
    return libc.syscall(nr, cmd, b, 128), b.raw
def info(kind, number):
    fd, _ = bpf(BY_ID[kind], struct.pack("I", number))
    b = ctypes.create_string_buffer(256)
    if fd >= 0:
        bpf(INFO, struct.pack("IIQ", fd, 256, ctypes.addressof(b)))
        libc.close(fd)
    return b.raw
found = collections.OrderedDict()
for kind in NEXT:
    last = 0
    while True:
        r, b = bpf(NEXT[kind], struct.pack("II", last, 0))
        if r < 0:
            break
        last = struct.unpack_from("I", b, 4)[0]
        found[kind, last] = info(kind, last)
held = set()
for path in glob.glob("/proc/[0-9]*/fdinfo/*") if found else ():
    try:
        lines = open(path).read().splitlines()
    except OSError:
        continue
    held |= {(l[:4], int(l.split()[1])) for l in lines if l.startswith(("prog_id:", "link_id:"))}
for (kind, number), raw in found.items():
    if kind == "link" and (kind, number) in held:
        held.add(("prog", struct.unpack_from("I", raw, 8)[0]))
for (kind, number), raw in found.items():
    if (kind, number) not in held:
        print(kind, raw[64:80].split(b"\0")[0].decode() if kind == "prog" else struct.unpack_from("I", raw, 0)[0])
END
}
# tracefs in a mount namespace of its own: it is the machine's all the same
tracing() {
	unshare -m sh -c 'mount -t tracefs none /sys/kernel/tracing && cd /sys/kernel/tracing || exit
		for f in tracing_on current_tracer set_event trace_clock kprobe_events uprobe_events buffer_size_kb; do
			grep -H . $f
		done; ls instances | sed "s/^/instance /"'
}
section links ip -d -o link show
section addresses addresses
section routes routes
section rules sh -c 'ip rule; ip -6 rule'
section neighbours neighbours
section qdiscs tc qdisc show
section bridges bridge -d link show
section sysctl sysctls
section nftables ruleset
section conntrack tracked
section netns ls /run/netns /var/run/netns
section mounts cat /proc/self/mountinfo
section modules cut -d' ' -f1 /proc/modules
section bpf bpf
section tracing tracing
section shm ls /dev/shm
exit 0
