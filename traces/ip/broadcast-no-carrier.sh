#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A broadcast on a device without carrier: this host's own copy is received and answered first (netif_rx() in process
# context), then the queue throws the packet itself away.

ip netns add a
ip -n a link set lo up
ip link add eth0 netns a type veth peer name va
ip -n a addr add 10.0.0.1/24 brd + dev eth0
ip -n a link set eth0 up
ip netns exec a sysctl -qw net.ipv4.icmp_echo_ignore_broadcasts=0
ip netns exec a ping -n -c 1 -W 0.3 -b 10.0.0.255
ip netns exec a sysctl -qw net.ipv4.icmp_echo_ignore_broadcasts=1
ip netns exec a ping -n -c 1 -W 0.3 -b 10.0.0.255   #: expect fail
