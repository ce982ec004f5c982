#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Nobody is told when an address is added. With arp_notify a device says its addresses when it comes up or gets
# another MAC address: those who have an entry correct it, with arp_accept others make one.

for n in a b; do ip netns add $n; done
ip link add eth0 netns a type veth peer name eth0 netns b
ip -n a addr add 10.0.0.1/24 dev eth0
ip -n b addr add 10.0.0.2/24 dev eth0
for n in a b; do ip -n $n link set lo up; ip -n $n link set eth0 up; done

ip netns exec b sysctl -qw net.ipv4.conf.eth0.arp_notify=1
ip netns exec a ping -n -c 1 10.0.0.2
ip -n a neigh
sleep 1.2

# b changes its MAC address and says so: a's entry follows.
ip -n b link set eth0 address 02:00:00:00:00:02
ip -n a neigh   #: expect ok, output "02:00:00:00:00:02"
ip netns exec a ping -n -c 1 10.0.0.2

# a who has no entry takes none from it, unless it accepts them.
ip -n a neigh flush dev eth0
ip -n b link set eth0 address 02:00:00:00:00:03
ip -n a neigh
ip netns exec a sysctl -qw net.ipv4.conf.eth0.arp_accept=1
ip -n b link set eth0 address 02:00:00:00:00:04
ip -n a neigh   #: expect ok, output "STALE"
