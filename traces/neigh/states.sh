#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The life of a neighbour entry. Who asks gets REACHABLE; who is asked notes the asker as STALE: it knows the
# address, but not that it works. Use makes it DELAY, and if nothing confirms it in time it asks, straight to the one
# address (PROBE).

for n in a b; do ip netns add $n; done
ip link add eth0 netns a type veth peer name eth0 netns b
ip -n a addr add 10.0.0.1/24 dev eth0
ip -n b addr add 10.0.0.2/24 dev eth0
for n in a b; do ip -n $n link set lo up; ip -n $n link set eth0 up; done

for n in a b; do
	ip netns exec $n sysctl -qw net.ipv4.neigh.eth0.delay_first_probe_time=1
	ip netns exec $n sysctl -qw net.ipv4.neigh.eth0.retrans_time_ms=200
done
ip netns exec a ping -n -c 1 10.0.0.2
ip -n a neigh   #: expect ok, output "REACHABLE"
ip -n b neigh   #: expect ok, output "DELAY"

# A second later b asks a directly, and is answered.
sleep 2
ip -n b neigh   #: expect ok, output "REACHABLE"
