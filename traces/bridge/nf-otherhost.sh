#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A frame to the MAC of a bridge's port is passed up, and thrown away there: the bridge has another MAC. But with
# br_netfilter its connection is tracked, and confirmed, before that.

ip link add br0 type bridge mcast_snooping 0
ip link set br0 address 02:00:00:00:00:99
ip link set br0 up
ip netns add a
ip link add v0 address 02:00:00:00:00:11 type veth peer name eth0 netns a
ip link set v0 master br0
ip link set v0 up
ip addr add 10.0.0.254/24 dev br0
ip -n a addr add 10.0.0.1/24 dev eth0
ip -n a link set eth0 up
modprobe br_netfilter
iptables -A INPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT
ip -n a neigh add 10.0.0.254 lladdr 02:00:00:00:00:11 dev eth0
ip netns exec a ping -n -c 1 -W 0.5 10.0.0.254      #: expect fail
ip -n a neigh replace 10.0.0.254 lladdr 02:00:00:00:00:99 dev eth0
ip netns exec a ping -n -c 1 10.0.0.254
