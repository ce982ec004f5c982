#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A neighbour is being probed when its device goes, with its peer's namespace, and another when a cable is deleted: no
# probe follows. Both commands take longer than the time between two probes, since the kernel waits until nobody holds
# the devices any more; but those are closed when they begin.

ip netns add r
ip netns add b
ip link add eth0 address 02:00:00:00:00:0a netns r type veth peer name eth0 address 02:00:00:00:00:0b netns b
ip link add eth1 address 02:00:00:00:01:0a netns r type veth peer name v0 address 02:00:00:00:01:0b
for i in 0 1; do
	ip -n r addr add 10.0.$i.1/24 dev eth$i
	ip -n r link set eth$i up
	ip netns exec r sysctl -qw net.ipv4.neigh.eth$i.retrans_time_ms=40
done
ip -n b link set eth0 up
ip link set v0 up
sleep 0.3

ip -n r neigh replace 10.0.0.2 lladdr 02:00:00:00:00:02 nud delay dev eth0
ip netns del b
sleep 0.6
ip -n r neigh replace 10.0.1.2 lladdr 02:00:00:00:01:02 nud delay dev eth1
ip link del v0
sleep 0.6
ip -n r neigh
