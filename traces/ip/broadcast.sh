#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A broadcast: ping wants to be told that it is meant (-b), and Linux hosts do not answer unless they are told to.

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

for n in a b c; do ip -n $n link set lo up; done
for n in a b c; do
	ip -n $n addr flush dev eth0
done
ip -n a addr add 10.0.0.1/24 brd + dev eth0
ip -n b addr add 10.0.0.2/24 brd + dev eth0
ip -n c addr add 10.0.0.3/24 brd + dev eth0
ip netns exec a ping -n -c 1 -W 0.5 10.0.0.255   #: expect status 2, output "-b"
ip netns exec a ping -n -b -c 1 -W 0.5 10.0.0.255   #: expect status 1, output "100% packet loss"

# b does.
ip netns exec b sysctl -qw net.ipv4.icmp_echo_ignore_broadcasts=0
ip netns exec a ping -n -b -c 1 -W 0.5 10.0.0.255
ip netns exec a ping -n -b -c 1 -W 0.5 255.255.255.255   #: expect fail
ip netns exec b sysctl -qw net.ipv4.icmp_echo_ignore_all=1
ip netns exec a ping -n -c 1 -W 0.5 10.0.0.2   #: expect status 1
ip -n a route show table local
