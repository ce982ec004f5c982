#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What is learned is forgotten after the ageing time, 300 s if nothing else is said. An address that is heard again
# stays. Afterwards frames to it are flooded, until it speaks.

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

ip link set br0 type bridge ageing_time 100
ip -n a neigh add 10.0.0.2 lladdr 02:00:00:00:00:02 dev eth0
ip -n b link set eth0 address 02:00:00:00:00:02
ip -n b neigh add 10.0.0.1 lladdr 02:00:00:00:00:01 dev eth0
ip -n a link set eth0 address 02:00:00:00:00:01
ip -n a neigh replace 10.0.0.2 lladdr 02:00:00:00:00:02 dev eth0
ip netns exec a ping -n -c 1 10.0.0.2
bridge fdb show br br0 dynamic

# A second and more later both are gone, and the next ping is flooded to c as well.
sleep 2
bridge fdb show br br0 dynamic
ip netns exec a ping -n -c 1 10.0.0.2

# With an ageing time of 0 nothing is remembered at all: the bridge is a hub.
ip link set br0 type bridge ageing_time 0
sleep 0.5
bridge fdb show br br0 dynamic
ip netns exec a ping -n -c 1 10.0.0.2
