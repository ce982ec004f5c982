#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Which questions does b answer? With arp_ignore 0 those for any of its addresses, wherever they are; with 1 those
# for addresses of the device; with 2 the asker must be in the same subnet as well; with 8 none.

for n in a b; do ip netns add $n; done
ip link add eth0 netns a type veth peer name eth0 netns b
ip -n a addr add 10.0.0.1/24 dev eth0
ip -n b addr add 10.0.0.2/24 dev eth0
for n in a b; do ip -n $n link set lo up; ip -n $n link set eth0 up; done

ip -n b addr add 10.0.0.22/32 dev lo
ip netns exec a sysctl -qw net.ipv4.neigh.eth0.retrans_time_ms=100
ip netns exec a ping -n -c 1 -W 2 10.0.0.22
ip netns exec b sysctl -qw net.ipv4.conf.eth0.arp_ignore=1
ip -n a neigh flush dev eth0
ip netns exec a ping -n -c 1 -W 2 10.0.0.22   #: expect status 1, output "Destination Host Unreachable"
ip netns exec a ping -n -c 1 10.0.0.2

# The asker is in another subnet.
ip netns exec b sysctl -qw net.ipv4.conf.eth0.arp_ignore=2
ip -n a addr add 10.7.0.1/32 dev lo
ip -n b route add 10.7.0.1/32 dev eth0
ip -n a neigh flush dev eth0
ip netns exec a ping -n -c 1 10.0.0.2
ip -n a neigh flush dev eth0
ip netns exec a ping -n -c 1 -W 2 -I 10.7.0.1 10.0.0.2   #: expect status 1, output "Destination Host Unreachable"

ip netns exec b sysctl -qw net.ipv4.conf.eth0.arp_ignore=8
ip netns exec a ping -n -c 1 -W 2 10.0.0.2   #: expect status 1, output "Destination Host Unreachable"
