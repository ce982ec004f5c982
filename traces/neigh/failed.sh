#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Nobody has the address: three questions, a second apart by default, then FAILED. What waited is given up with an
# ICMP error to its own sender; the next packet asks anew.

for n in a b; do ip netns add $n; done
ip link add eth0 netns a type veth peer name eth0 netns b
ip -n a addr add 10.0.0.1/24 dev eth0
ip -n b addr add 10.0.0.2/24 dev eth0
for n in a b; do ip -n $n link set lo up; ip -n $n link set eth0 up; done

ip netns exec a sysctl -qw net.ipv4.neigh.eth0.retrans_time_ms=100
ip netns exec a ping -n -c 1 -W 3 10.0.0.9   #: expect status 1, output "Destination Host Unreachable"
ip -n a neigh   #: expect ok, output "FAILED"
ip netns exec a ping -n -c 1 -W 3 10.0.0.9   #: expect status 1

# Fewer questions.
ip netns exec a sysctl -qw net.ipv4.neigh.eth0.mcast_solicit=1
ip netns exec a ping -n -c 1 -W 3 10.0.0.9   #: expect status 1

# None at all: it fails at once.
ip netns exec a sysctl -qw net.ipv4.neigh.eth0.mcast_solicit=0
ip netns exec a ping -n -c 1 -W 3 10.0.0.9   #: expect status 1

# As soon as somebody has it all is well.
ip netns exec a sysctl -qw net.ipv4.neigh.eth0.mcast_solicit=3
ip -n b addr add 10.0.0.9/24 dev eth0
ip netns exec a ping -n -c 1 10.0.0.9
ip -n a neigh
