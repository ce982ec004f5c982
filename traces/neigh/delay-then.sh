#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# An entry that is made by hand in the state DELAY is probed at the next tick of the kernel's clock, which is a few
# milliseconds away. On a machine that is before the next command, which pktwalk waits with; in the model commands take
# no time of their own.

ip link add br0 type bridge mcast_snooping 0
ip netns add a
ip netns add b
for n in a b; do
	ip link add v$n type veth peer name eth0 netns $n
	ip link set v$n master br0
	ip link set v$n up
	ip -n $n link set eth0 up
done
ip addr add 10.0.0.1/24 dev br0
ip link set br0 up
ip -n a addr add 10.0.0.2/24 dev eth0
sleep 0.1
ip neigh replace 10.0.0.2 lladdr 02:00:00:00:00:02 nud delay dev br0
ip link set vb nomaster
ip neigh replace 10.0.0.2 lladdr 02:00:00:00:00:03 nud probe dev br0
ip link set va nomaster
sleep 4
ip neigh
