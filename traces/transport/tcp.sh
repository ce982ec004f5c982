#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# TCP: three segments to begin, data with acknowledgements, four to end. A port where nobody listens answers with a
# reset; a host that is not there does not answer at all.

for n in a b; do ip netns add $n; done
ip link add eth0 netns a type veth peer name eth0 netns b
ip -n a addr add 10.0.0.1/24 dev eth0
ip -n b addr add 10.0.0.2/24 dev eth0
for n in a b; do ip -n $n link set lo up; ip -n $n link set eth0 up; done

ip netns exec b nc -l -p 5000 >/dev/null &
sleep 0.4
ip netns exec a nc -N 10.0.0.2 5000 <<X
from a
X
wait
ip netns exec a nc -z -v -w 1 10.0.0.2 5001   #: expect status 1, output "Connection refused"
ip netns exec a nc -z -v -n -w 1 10.0.0.2 5000   #: expect status 1, output "Connection refused"
ip netns exec a sysctl -qw net.ipv4.neigh.eth0.retrans_time_ms=100
ip netns exec a nc -z -v -n -w 2 10.0.0.9 80   #: expect status 1, output "No route to host"
