#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Two hosts with one address answer at once. With a locktime of 50 ms the first answer counts, and news of the other a
# little later are believed. (With 0 it hangs on the kernel's clock: whether its next tick comes between the two.)

for n in a b c; do ip netns add $n; done
ip link add br0 type bridge
ip link set br0 up
for n in a b c; do
	ip link add v$n type veth peer name eth0 netns $n
	ip link set v$n master br0
	ip link set v$n up
	ip -n $n link set eth0 up
done
ip -n b link set eth0 address 02:00:00:00:00:0b
ip -n c link set eth0 address 02:00:00:00:00:0c
ip -n a addr add 10.0.0.1/24 dev eth0
ip -n b addr add 10.0.0.2/24 dev eth0
ip -n c addr add 10.0.0.2/24 dev eth0
ip netns exec a sysctl -qw net.ipv4.neigh.eth0.locktime=5
ip netns exec a ping -n -c 2 -i 0.2 10.0.0.2
ip -n a neigh   #: expect ok, output "00:0c"
sleep 0.1
ip -n b neigh flush dev eth0
ip netns exec b ping -n -c 1 10.0.0.1
ip -n a neigh   #: expect ok, output "00:0b"
