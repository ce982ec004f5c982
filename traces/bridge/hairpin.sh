#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A frame never leaves by the port that it came from, unless that port is in hairpin mode. A port
# needs that behind which there is more than one host that can not talk to the others: here a bridge of isolated ports.

for n in a b c; do ip netns add $n; done
ip link add br0 type bridge mcast_snooping 0
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

# Behind va there is another bridge that does not forward between its own ports: both are isolated.
ip -n a link add br1 type bridge mcast_snooping 0
ip -n a addr del 10.0.0.1/24 dev eth0
ip -n a link set br1 up
ip -n a link set eth0 master br1
ip -n a link set eth0 type bridge_slave learning off
for n in b c; do
	ip -n a link add w$n type veth peer name eth1 netns $n
	ip -n a link set w$n master br1
	ip -n a link set w$n up
	ip -n a link set w$n type bridge_slave isolated on learning off
	ip -n $n link set eth1 up
done
ip -n b addr add 10.0.9.2/24 dev eth1
ip -n c addr add 10.0.9.3/24 dev eth1

# b's question goes up to br0, and does not come back.
ip link set vb down; ip link set vc down
ip netns exec b ping -n -c 1 -W 0.5 10.0.9.3   #: expect status 1, output "100% packet loss"
bridge link set dev va hairpin on
ip netns exec b ping -n -c 1 10.0.9.3
bridge -d link show dev va
