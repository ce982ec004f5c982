#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The same forwarding entry once more: a permanent or static one is told of again, a dynamic one is not.

ip link add br0 type bridge mcast_snooping 0
ip link set br0 up
ip netns add a
ip link add v0 type veth peer name eth0 netns a
ip link set v0 master br0
ip link set v0 up
ip -n a link set eth0 up
ip link show v0
for how in permanent static dynamic; do
	bridge fdb replace 02:00:00:00:00:07 dev v0 master $how
	bridge fdb replace 02:00:00:00:00:07 dev v0 master $how
	bridge fdb append 02:00:00:00:00:07 dev v0 master $how
done
bridge fdb show br br0
