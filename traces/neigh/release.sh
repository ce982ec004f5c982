#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Packets that waited for a neighbour and are released by hand leave in process context: each is received, and answered,
# before the next one leaves. Given up by hand, the ICMP errors about them all are sent before any of them arrives.

for n in a b; do ip netns add $n; ip -n $n link set lo up; done
ip link add eth0 netns a type veth peer name eth0 netns b
ip -n b link set eth0 address 02:00:00:00:00:02
ip -n a addr add 10.0.0.1/24 dev eth0
ip -n b addr add 10.0.0.2/24 dev eth0
for n in a b; do ip -n $n link set eth0 up; done
ip netns exec b sysctl -qw net.ipv4.conf.eth0.arp_ignore=8
ip netns exec a sysctl -qw net.ipv4.neigh.eth0.retrans_time_ms=3000

ip netns exec a ping -n -c 3 -i 0.2 -W 1 10.0.0.2 >/dev/null &
sleep 0.7
ip -n a neigh replace 10.0.0.2 lladdr 02:00:00:00:00:02 dev eth0
wait
ip -n a neigh del 10.0.0.2 dev eth0
ip netns exec a ping -n -c 1 -s 3000 -W 1 10.0.0.2 >/dev/null &
sleep 0.3
ip -n a neigh replace 10.0.0.2 lladdr 02:00:00:00:00:02 dev eth0
wait
ip -n a neigh del 10.0.0.2 dev eth0
ip netns exec a ping -n -c 3 -i 0.2 -W 1 10.0.0.2 >/dev/null &   #: expect status 1
sleep 0.7
ip -n a neigh del 10.0.0.2 dev eth0
wait
