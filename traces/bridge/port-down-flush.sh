#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A port that goes down, or whose cable has no carrier any more, is disabled, and what was learned behind it is
# forgotten. Entries by hand stay.

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
bridge fdb add 02:00:00:00:00:07 dev vb master static
ip netns exec a ping -n -c 1 10.0.0.2
bridge fdb show br br0 brport vb

ip link set vb down
bridge link show dev vb
bridge fdb show br br0 brport vb
ip netns exec a ping -n -c 1 -W 0.5 10.0.0.2   #: expect status 1, output "100% packet loss"
ip link set vb up
bridge link show dev vb
ip netns exec a ping -n -c 1 10.0.0.2

# The other end.
ip -n b link set eth0 down
sleep 1
bridge link show dev vb
bridge fdb show br br0 brport vb

# A port that leaves the bridge takes all with it.
ip link set vb nomaster
bridge fdb show br br0
