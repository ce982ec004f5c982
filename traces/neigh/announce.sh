#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# arp_notify: a device that comes up, or gets another MAC address, announces its addresses.

ip netns add a
ip link add eth0 type veth peer name eth0 netns a
ip addr add 10.0.0.1/24 dev eth0
ip addr add 10.0.0.2/24 dev eth0
ip -n a addr add 10.0.0.9/24 dev eth0
ip -n a link set eth0 up
sysctl -qw net.ipv4.conf.eth0.arp_notify=1
ip netns exec a sysctl -qw net.ipv4.conf.eth0.arp_accept=1
ip link set eth0 up
ip -n a neigh
ip link set eth0 address 02:00:00:00:00:07
ip -n a neigh
