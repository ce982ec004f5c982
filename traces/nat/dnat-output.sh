#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A process's own packets pass OUTPUT: there its destination can be changed, after the route was chosen, so the route
# is chosen once more. What has no route in the first place does not come so far.

for n in a r b; do ip netns add $n; done
ip link add eth0 netns a type veth peer name eth0 netns r
ip link add eth0 netns b type veth peer name eth1 netns r
ip -n a addr add 10.0.1.2/24 dev eth0
ip -n r addr add 10.0.1.1/24 dev eth0
ip -n r addr add 10.0.2.1/24 dev eth1
ip -n b addr add 10.0.2.2/24 dev eth0
for n in a r b; do ip -n $n link set lo up; ip -n $n link set eth0 up; done
ip -n r link set eth1 up
ip -n a route add default via 10.0.1.1
ip -n b route add default via 10.0.2.1
ip netns exec r sysctl -qw net.ipv4.ip_forward=1

ip netns exec a iptables -t nat -A OUTPUT -d 10.0.1.77 -j DNAT --to-destination 10.0.2.2
ip netns exec a ping -n -c 1 10.0.1.77   #: expect ok, output "from 10.0.1.77"
ip -n a route del default
ip netns exec a ping -n -c 1 -W 0.5 10.0.1.77   #: expect fail
ip netns exec a iptables -t nat -A OUTPUT -d 10.9.9.9 -j DNAT --to-destination 10.0.1.1
ip netns exec a ping -n -c 1 10.9.9.9   #: expect status 2, output "Network is unreachable"
ip -n a route add 10.9.9.9 dev eth0
ip netns exec a ping -n -c 1 10.9.9.9
ip netns exec a iptables -t nat -L OUTPUT -n -v
