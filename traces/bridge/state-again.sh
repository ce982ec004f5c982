#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A port that was disabled by hand forwards again as soon as its device has news of any kind (NETDEV_CHANGE,
# br_port_carrier_check()): another setting of the port by `ip link`, or a change of its flags. `bridge link` and a new
# address are no such news.

ip link add br0 type bridge
ip link set br0 up
for n in a b; do
	ip netns add $n
	ip link add v-$n type veth peer name eth0 netns $n
	ip link set v-$n master br0
	ip link set v-$n up
	ip -n $n link set eth0 up
done
ip -n a addr add 10.0.0.1/24 dev eth0
ip -n b addr add 10.0.0.2/24 dev eth0

bridge link set dev v-b state 0
ip netns exec a ping -c 1 -W 0.5 10.0.0.2    #: expect fail
bridge link set dev v-b learning on
ip link set v-b address 02:00:00:00:00:07
bridge link show dev v-b    #: expect output "state disabled"
ip -n a neigh flush dev eth0
ip link set v-b type bridge_slave root_block off
bridge link show dev v-b    #: expect output "state forwarding"
ip netns exec a ping -c 1 -W 0.5 10.0.0.2
bridge link set dev v-b state 0
ip link set v-b arp off
bridge link show dev v-b    #: expect output "state forwarding"
