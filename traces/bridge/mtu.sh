#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A bridge takes the lowest MTU of its ports, until it is given one. It fragments nothing and sends no ICMP error: a
# frame that is too large for the port it should leave by is gone without a word.

for n in a b c; do ip netns add $n; done
ip link add br0 type bridge
ip link set br0 up
for n in a b c; do
	ip link add v$n type veth peer name eth0 netns $n
	ip link set v$n master br0
	ip link set v$n up
	ip -n $n link set eth0 up
done
ip -n a addr add 10.0.0.1/24 dev eth0
ip -n b addr add 10.0.0.2/24 dev eth0
ip -n c addr add 10.0.0.3/24 dev eth0

ip link show dev br0
ip link set vb mtu 1400
ip link show dev br0
ip netns exec a ping -n -c 1 -s 1300 10.0.0.2
ip netns exec a ping -n -c 1 -W 1 -s 1400 10.0.0.2   #: expect status 1, output "100% packet loss"
ip netns exec a ping -n -c 1 -s 1400 10.0.0.3

# b with a small MTU fragments what it sends, and its neighbours do not know of it.
ip -n b link set eth0 mtu 1400
ip netns exec b ping -n -c 1 -W 1 -s 1400 10.0.0.3   #: expect status 1, output "100% packet loss"
ip -n c link set eth0 mtu 1400
ip netns exec b ping -n -c 1 -s 1400 10.0.0.3

# An MTU that was set stays, whatever the ports have.
ip link set br0 mtu 1300
ip link set vb mtu 1500
ip link show dev br0
