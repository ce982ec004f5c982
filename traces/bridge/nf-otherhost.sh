#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A frame to the MAC of another port of the bridge is passed up, and thrown away there: neither the port it came by nor
# the bridge has that MAC. But with br_netfilter its connection is tracked, and confirmed, before that.

ip link add br0 type bridge mcast_snooping 0
ip link set br0 address 02:00:00:00:00:99
ip link set br0 up
ip netns add a
ip netns add b
ip link add v0 address 02:00:00:00:00:10 type veth peer name eth0 netns a
ip link add v1 address 02:00:00:00:00:11 type veth peer name eth0 netns b
for p in v0 v1; do
	ip link set $p master br0
	ip link set $p up
done
ip addr add 10.0.0.254/24 dev br0
ip -n a addr add 10.0.0.1/24 dev eth0
ip -n a link set eth0 up
ip -n b link set eth0 up
modprobe br_netfilter
iptables -A INPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT
ip -n a neigh add 10.0.0.254 lladdr 02:00:00:00:00:11 dev eth0
ip netns exec a ping -n -c 1 -W 0.5 10.0.0.254      #: expect fail
ip -n a neigh replace 10.0.0.254 lladdr 02:00:00:00:00:99 dev eth0
ip netns exec a ping -n -c 1 10.0.0.254
