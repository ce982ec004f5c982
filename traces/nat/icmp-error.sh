#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# An ICMP error quotes the packet that it is about. The router finds the flow by what is quoted, and translates that
# as well, so that a recognizes its own packet.

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

ip netns add c
ip link add eth1 netns b type veth peer name eth0 netns c
ip -n b link set eth1 up
ip -n b addr add 10.0.3.1/24 dev eth1
ip -n c link set eth0 up
ip netns exec b sysctl -qw net.ipv4.ip_forward=1
ip -n b route del default
ip -n r route add 10.0.3.0/24 via 10.0.2.2
ip netns exec r iptables -t nat -A POSTROUTING -o eth1 -j MASQUERADE

# b knows a no more, but its errors arrive: TTL, no such host, no such route.
ip netns exec a ping -n -c 1 -t 2 10.0.3.9   #: expect status 1, output "From 10.0.2.2 icmp_seq=1 Time to live exceeded"
ip netns exec b sysctl -qw net.ipv4.neigh.eth1.retrans_time_ms=100
ip netns exec a ping -n -c 1 -W 2 10.0.3.9   #: expect status 1, output "Destination Host Unreachable"
ip -n r route add 10.0.4.0/24 via 10.0.2.2
ip netns exec a ping -n -c 1 10.0.4.9   #: expect status 1, output "Destination Net Unreachable"

# Behind a DNAT the error seems to come from the address that a asked.
ip netns exec r iptables -t nat -A PREROUTING -d 10.9.9.9 -j DNAT --to-destination 10.0.3.9
ip netns exec a ping -n -c 1 -W 2 10.9.9.9   #: expect status 1, output "From 10.9.9.9"
