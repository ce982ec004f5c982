#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A namespace that goes takes its devices along, and their other ends wherever they are. One that a process is in loses
# its name only: its devices stay until the process ends.

for n in a b; do ip netns add $n; done
ip link add br0 type bridge
ip link set br0 up
for n in a b; do
	ip link add v$n type veth peer name eth0 netns $n
	ip link set v$n master br0
	ip link set v$n up
	ip -n $n link set eth0 up
done
ip -n a addr add 10.0.0.1/24 dev eth0
ip -n b addr add 10.0.0.2/24 dev eth0
ip netns exec a ping -n -c 1 10.0.0.2
ip netns del b
bridge link
ip link
ip netns exec a ping -n -c 1 -W 0.5 10.0.0.2   #: expect status 1
ip netns del b   #: expect fail
ip netns add b
ip -n b link
