#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Entries by hand: static ones do not age but move when the address is heard elsewhere, sticky ones do not even that,
# permanent (local) ones mean the bridge's host itself.

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

ip -n a link set eth0 address 02:00:00:00:00:01
ip -n b link set eth0 address 02:00:00:00:00:02

# A static entry that is wrong: frames for b go to c.
bridge fdb add 02:00:00:00:00:02 dev vc master static
ip -n a neigh add 10.0.0.2 lladdr 02:00:00:00:00:02 dev eth0
ip netns exec a ping -n -c 1 -W 1 10.0.0.2   #: expect status 1, output "100% packet loss"

# As soon as b speaks the entry moves to where it was heard.
ip netns exec b ping -n -c 1 10.0.0.1
bridge fdb show br br0 brport vb
ip netns exec a ping -n -c 1 10.0.0.2

# A sticky one stays, and b can not be reached.
bridge fdb replace 02:00:00:00:00:02 dev vc master static sticky
ip netns exec b ping -n -c 1 -W 1 10.0.0.1   #: expect status 1, output "100% packet loss"
bridge fdb show br br0 brport vc
bridge fdb del 02:00:00:00:00:02 dev vc master
ip netns exec b ping -n -c 1 10.0.0.1
bridge fdb del 02:00:00:00:00:99 dev vc master   #: expect fail, output "No such file or directory"
