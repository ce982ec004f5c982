#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Each router takes one off the TTL, and throws away what has none left, telling the sender. So ping -t 1, 2, 3 shows
# the way; this is what traceroute does.

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

ip netns exec a ping -n -c 1 -t 1 10.0.2.2   #: expect status 1, output "From 10.0.1.1 icmp_seq=1 Time to live exceeded"
ip netns exec a ping -n -c 1 -t 2 10.0.2.2   #: expect ok, output "ttl=63"

# The router's own addresses need no step.
ip netns exec a ping -n -c 1 -t 1 10.0.2.1   #: expect ok, output "ttl=64"

# A default TTL that is too small for the way back.
ip netns exec b sysctl -qw net.ipv4.ip_default_ttl=1
ip netns exec a ping -n -c 1 -W 0.5 10.0.2.2   #: expect status 1, output "100% packet loss"

# A loop: two routers that send 10.9.0.0/16 to each other, until the TTL is used up.
ip netns exec b sysctl -qw net.ipv4.ip_forward=1 net.ipv4.ip_default_ttl=64
ip -n b route add 10.9.0.0/16 via 10.0.2.1
ip -n r route add 10.9.0.0/16 via 10.0.2.2
ip netns exec r sysctl -qw net.ipv4.conf.all.send_redirects=0 net.ipv4.conf.eth1.send_redirects=0
ip netns exec b sysctl -qw net.ipv4.conf.all.send_redirects=0 net.ipv4.conf.eth0.send_redirects=0
ip netns exec a ping -n -c 1 -t 8 10.9.0.1   #: expect status 1, output "Time to live exceeded"
