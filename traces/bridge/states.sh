#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A port forwards when it is up and has a carrier. Its state can be set by hand too: a listening port takes and gives
# nothing, a learning one learns only.

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
bridge link set dev vb state 1
bridge link show dev vb
ip netns exec b ping -n -c 1 -W 0.5 10.0.0.1   #: expect status 1
bridge fdb show br br0 dynamic

bridge link set dev vb state 2
ip -n b neigh flush dev eth0
ip netns exec b ping -n -c 1 -W 0.5 10.0.0.1   #: expect status 1
bridge fdb show br br0 dynamic

# Without STP a blocking port is made a forwarding one at once.
bridge link set dev vb state 4
bridge link show dev vb
ip -n b neigh flush dev eth0
ip netns exec b ping -n -c 1 10.0.0.1
bridge -d link show dev vb
ip link set vb down
bridge link set dev vb state 3   #: expect fail
