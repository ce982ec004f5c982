#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The port to b neither learns nor floods: broadcasts pass, so ARP works, but b's MAC address is never in the table, and
# frames to a MAC address that is not there are not flooded to b.

for n in a b; do ip netns add $n; done
ip link set lo up
ip link add br0 type bridge
ip addr add 10.0.0.254/24 dev br0
ip link set br0 up
for n in a b; do
	ip link add v$n type veth peer name eth0 netns $n
	ip link set v$n master br0
	ip link set v$n up
	ip -n $n link set lo up
	ip -n $n link set eth0 up
done
ip -n a addr add 10.0.0.1/24 dev eth0
ip -n b addr add 10.0.0.2/24 dev eth0

ip link set vb type bridge_slave learning off flood off
ip netns exec a ping -n -c 2 -W 3 10.0.0.2   #: expect status 1, output "100% packet loss"

# Mended.
ip link set vb type bridge_slave flood on
ip netns exec a ping -n -c 1 10.0.0.2
