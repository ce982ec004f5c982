#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What flushing takes: all, what is behind one port, or entries of some kind. A port that is not forwarding takes no
# dynamic entry by hand, as it would not learn one.

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

bridge fdb add 02:00:00:00:00:11 dev va master static
bridge fdb add 02:00:00:00:00:12 dev va master static sticky
bridge fdb add 02:00:00:00:00:13 dev va master dynamic
bridge fdb add 02:00:00:00:00:14 dev va master permanent
bridge fdb add 02:00:00:00:00:15 dev va master extern_learn
bridge fdb add 02:00:00:00:00:23 dev vb master dynamic
bridge fdb show br br0 brport va

bridge fdb flush dev br0 brport va dynamic
bridge fdb show br br0 dynamic
bridge fdb flush dev br0 sticky
bridge fdb show br br0 brport va
bridge fdb flush dev br0 static
bridge fdb show br br0 brport va

# A port itself has no table: it is the bridge's, so `master` must be said.
bridge fdb flush dev va   #: expect status 255, output "Operation not supported"
bridge fdb flush dev va master
bridge fdb show br br0 brport va
bridge fdb show br br0 brport vb

ip link set vb down
bridge fdb add 02:00:00:00:00:23 dev vb master dynamic   #: expect status 255, output "Operation not permitted"
