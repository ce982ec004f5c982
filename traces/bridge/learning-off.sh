#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A port that does not learn leaves no trace of the hosts behind it: frames to them are flooded for ever, unless an
# entry is made by hand.

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

ip -n b link set eth0 address 02:00:00:00:00:02
ip link set vb type bridge_slave learning off
ip netns exec a ping -n -c 2 -i 0.2 10.0.0.2
bridge fdb show br br0 dynamic

# By hand. Now c hears nothing of it any more.
bridge fdb add 02:00:00:00:00:02 dev vb master static
ip netns exec a ping -n -c 1 10.0.0.2
bridge fdb show br br0 brport vb
