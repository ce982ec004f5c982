#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Times of neighbours are kept in ticks of 4 ms: milliseconds are rounded up, hundredths of a second down, and down
# once more when they are read. Seconds have an end where their ticks are no int any more.

d=net.ipv4.neigh.lo
ip link set lo up
for n in 1 50 52; do
	sysctl -w $d.retrans_time_ms=$n
	sysctl -n $d.retrans_time_ms
	sysctl -qw $d.base_reachable_time_ms=$n net.ipv4.icmp_ratelimit=$n $d.locktime=$n $d.proxy_delay=$n
	sysctl $d.base_reachable_time_ms net.ipv4.icmp_ratelimit $d.locktime $d.proxy_delay
done
sysctl -w $d.locktime=5
sysctl -n $d.locktime
sysctl -w $d.gc_stale_time=8589934
sysctl -w $d.gc_stale_time=8589935   #: expect fail
sysctl -n $d.gc_stale_time
