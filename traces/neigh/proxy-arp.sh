#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# a takes all of 10.0.0.0/16 to be on its cable. The router answers for what it has a route to elsewhere, and gets
# the packets.

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

ip -n a route del default
ip -n a addr flush dev eth0
ip -n a addr add 10.0.1.2/16 dev eth0
ip netns exec a sysctl -qw net.ipv4.neigh.eth0.retrans_time_ms=100
ip netns exec a ping -n -c 1 -W 2 10.0.2.2   #: expect status 1, output "Destination Host Unreachable"

ip netns exec r sysctl -qw net.ipv4.neigh.eth0.proxy_delay=0
ip netns exec r sysctl -qw net.ipv4.conf.eth0.proxy_arp=1
ip netns exec a ping -n -c 1 10.0.2.2
ip -n a neigh

# It does not answer for what is on the side of the asker, nor for what it does not know.
ip netns exec a ping -n -c 1 -W 2 10.0.1.9   #: expect status 1, output "Destination Host Unreachable"
ip netns exec a ping -n -c 1 -W 2 10.0.9.9   #: expect status 1, output "Destination Host Unreachable"

# Nor when it does not forward.
ip netns exec r sysctl -qw net.ipv4.conf.eth0.forwarding=0
ip -n a neigh flush dev eth0
ip netns exec a ping -n -c 1 -W 2 10.0.2.2   #: expect status 1
