#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Packets wait while the question is open, not one but as many as unres_qlen_bytes holds; when there are more the
# oldest goes. All that waited leave together with the answer.

for n in a b; do ip netns add $n; done
ip link add eth0 netns a type veth peer name eth0 netns b
ip -n a addr add 10.0.0.1/24 dev eth0
ip -n b addr add 10.0.0.2/24 dev eth0
for n in a b; do ip -n $n link set lo up; ip -n $n link set eth0 up; done

ip netns exec a sysctl -qw net.ipv4.neigh.eth0.retrans_time_ms=600
ip -n b addr del 10.0.0.2/24 dev eth0
ip netns exec a ping -n -c 3 -i 0.1 -W 2 10.0.0.2 &
sleep 0.4
ip -n b addr add 10.0.0.2/24 dev eth0
wait
ip -n a neigh
