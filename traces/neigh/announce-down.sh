#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# arp_notify: another MAC address is announced while the device is down too, and its queue throws that away: a bridge
# whose lowest port goes, and a device of a pair.

ip link add br0 type bridge mcast_snooping 0
ip netns add a
ip link add v0 address 02:00:00:00:00:01 type veth peer name eth0 netns a
ip link add v1 address 02:00:00:00:00:02 type veth peer name eth1 netns a
ip link set v0 master br0
ip link set v1 master br0
ip link set v1 up
ip -n a link set eth1 up
ip addr add 10.0.1.4/24 dev br0
ip addr add 10.0.1.5/24 dev br0
ip -n a addr add 10.0.2.1/24 dev eth0
sysctl -qw net.ipv4.conf.all.arp_notify=1
ip netns exec a sysctl -qw net.ipv4.conf.eth0.arp_notify=1
ip -n a link set eth0 address 02:00:00:00:00:07
ip link del v0
ip link set br0 up
