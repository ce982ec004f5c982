#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A neighbour gets another MAC address and says nothing. Those who have an entry for it send to the old one until
# their entry fails; a change of one's own address forgets all neighbours.

for n in a b; do ip netns add $n; done
ip link add eth0 netns a type veth peer name eth0 netns b
ip -n a addr add 10.0.0.1/24 dev eth0
ip -n b addr add 10.0.0.2/24 dev eth0
for n in a b; do ip -n $n link set lo up; ip -n $n link set eth0 up; done

ip netns exec a sysctl -qw net.ipv4.neigh.eth0.delay_first_probe_time=1
ip netns exec a sysctl -qw net.ipv4.neigh.eth0.retrans_time_ms=200
ip netns exec a ping -n -c 1 10.0.0.2
ip -n b neigh
ip -n b link set eth0 address 02:00:00:00:00:02
ip -n b neigh
ip netns exec a ping -n -c 1 -W 0.5 10.0.0.2   #: expect status 1, output "100% packet loss"

# b asks for a itself: a hears the new address.
sleep 0.8
ip netns exec b ping -n -c 1 10.0.0.1
ip -n a neigh   #: expect ok, output "02:00:00:00:00:02"
ip netns exec a ping -n -c 1 10.0.0.2

# No cable, no neighbours, but the permanent ones.
ip -n a neigh add 10.0.0.7 lladdr 02:00:00:00:00:07 dev eth0
ip -n b link set eth0 down
ip -n a link show dev eth0   #: expect ok, output "NO-CARRIER"
ip -n a neigh
ip -n a link set eth0 down
ip -n a neigh
