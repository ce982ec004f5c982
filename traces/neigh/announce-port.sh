#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# arp_notify and a bridge whose MAC address follows its ports: what it announces leaves by the port that has just come
# too; behind the last port's end it has a queue still, and no port; and where it had no carrier, its queue is still
# off when the carrier comes with the address.

ip link add br0 type bridge mcast_snooping 0
ip link set br0 up
ip netns add a
ip link add v0 address 02:00:00:00:00:05 type veth peer name eth0 netns a
ip link add v1 address 02:00:00:00:00:02 type veth peer name eth1 netns a
ip link set v0 master br0
ip link set v0 up
ip link set v1 up
ip -n a link set eth0 up
ip -n a link set eth1 up
ip addr add 10.1.0.2/16 dev br0
ip addr add 10.2.0.2/16 dev v0
sysctl -qw net.ipv4.conf.all.arp_notify=1
ip link set v1 master br0
ip link set v0 address 02:00:00:00:00:01
ip -n a link del eth0
ip -n a link del eth1
ip link add v2 address 02:00:00:00:00:03 type veth peer name eth2 netns a
ip link set v2 up
ip -n a link set eth2 up
ip link set v2 master br0
