#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What a sysctl takes hangs on how it is kept: an int, a byte (which has no minus, not even before 0), or ticks, where
# milliseconds lose what is above 32 bits and hundredths of a second may come back as -0. What was refused is the
# device's own value from then on all the same: a new default is not for it.

ip link add v0 type veth peer name v1
n=net.ipv4.neigh.v0
sysctl -w net.ipv4.ip_forward=-0 net.ipv4.icmp_msgs_burst=-0 net.ipv4.icmp_ratelimit=-0 $n.locktime=-0 $n.gc_stale_time=-0
sysctl -w net.ipv4.tcp_sack=-0   #: expect fail
sysctl -w net.ipv4.ip_forward=-1 $n.locktime=-1 $n.gc_stale_time=-1
sysctl -w net.ipv4.tcp_sack=-1   #: expect fail
sysctl -w net.ipv4.icmp_msgs_burst=-1   #: expect fail
sysctl -w net.ipv4.icmp_ratelimit=-1   #: expect fail
sysctl net.ipv4.ip_forward net.ipv4.icmp_msgs_burst net.ipv4.icmp_ratelimit net.ipv4.tcp_sack $n.locktime $n.gc_stale_time
sysctl -w net.ipv4.tcp_sack=255
sysctl -w net.ipv4.tcp_sack=256   #: expect fail
sysctl -w $n.gc_stale_time=-8589934
sysctl -w $n.gc_stale_time=-8589935   #: expect fail
sysctl -w $n.proxy_delay=858993460
sysctl -w net.ipv4.icmp_ratelimit=4294967297
sysctl net.ipv4.tcp_sack $n.gc_stale_time $n.proxy_delay net.ipv4.icmp_ratelimit
sysctl -w net.ipv4.conf.v0.arp_ignore=2147483648   #: expect fail
sysctl -w net.ipv4.conf.default.arp_ignore=1
sysctl net.ipv4.conf.v0.arp_ignore net.ipv4.conf.v1.arp_ignore
