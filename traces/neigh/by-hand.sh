#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# States by hand. DELAY is looked at again at once, not after delay_first_probe_time: an entry that was just made counts
# as confirmed a minute ago, so that it is asked for (PROBE); with a longer delay it is taken for confirmed, found not
# to be, and waits as it would have in the first place.

for n in a b; do ip netns add $n; done
ip link add eth0 netns a type veth peer name eth0 netns b
ip -n a addr add 10.0.0.1/24 dev eth0
ip -n b addr add 10.0.0.2/24 dev eth0
for n in a b; do ip -n $n link set lo up; ip -n $n link set eth0 up; done
ip -n b link set eth0 address 02:00:00:00:00:02
ip netns exec a sysctl -qw net.ipv4.neigh.eth0.retrans_time_ms=60
ip -n a neigh add 10.0.0.2 lladdr 02:00:00:00:00:02 nud delay dev eth0
sleep 0.4
ip -n a neigh   #: expect ok, output "REACHABLE"
ip -n a neigh add 10.0.0.3 lladdr 02:00:00:00:00:03 nud probe dev eth0
sleep 0.4
ip -n a neigh show 10.0.0.3   #: expect ok, output "FAILED"
ip netns exec a sysctl -qw net.ipv4.neigh.eth0.delay_first_probe_time=100
ip -n a neigh add 10.0.0.4 lladdr 02:00:00:00:00:04 nud delay dev eth0
sleep 0.4
ip -n a neigh show 10.0.0.4   #: expect ok, output "DELAY"
