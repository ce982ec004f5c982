#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A neighbour that is gone. Its entry still says where it was, and packets go there without a word, until the probes
# go unanswered: they are sent to the one address, not to all.

for n in a b; do ip netns add $n; done
ip link add eth0 netns a type veth peer name eth0 netns b
ip -n a addr add 10.0.0.1/24 dev eth0
ip -n b addr add 10.0.0.2/24 dev eth0
for n in a b; do ip -n $n link set lo up; ip -n $n link set eth0 up; done

ip netns exec a sysctl -qw net.ipv4.neigh.eth0.delay_first_probe_time=1
ip netns exec a sysctl -qw net.ipv4.neigh.eth0.retrans_time_ms=200
ip -n b neigh add 10.0.0.1 lladdr 02:00:00:00:00:01 dev eth0
ip -n a neigh add 10.0.0.2 lladdr 02:00:00:00:00:02 nud stale dev eth0
ip -n a neigh
ip netns exec a ping -n -c 1 -W 0.5 10.0.0.2   #: expect status 1, output "100% packet loss"
ip -n a neigh   #: expect ok, output "DELAY"
sleep 3
ip -n a neigh   #: expect ok, output "FAILED"

# The next packet asks all, and finds it.
ip netns exec a ping -n -c 1 -W 0.5 10.0.0.2   #: expect status 1
ip -n a neigh
ip -n b neigh del 10.0.0.1 dev eth0
ip netns exec a ping -n -c 1 10.0.0.2
