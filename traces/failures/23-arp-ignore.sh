#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The destination is an address of b, on another of its devices. With arp_ignore=1 b answers ARP only for addresses of the
# device that was asked.

for n in a b; do ip netns add $n; done
ip link add eth0 netns a type veth peer name eth0 netns b
ip -n a addr add 10.0.0.1/24 dev eth0
ip -n b addr add 10.0.0.2/24 dev eth0
for n in a b; do ip -n $n link set lo up; ip -n $n link set eth0 up; done

ip -n b addr add 10.0.0.22/32 dev lo
ip netns exec b sysctl -qw net.ipv4.conf.all.arp_ignore=1
ip netns exec a ping -n -c 2 -W 3 10.0.0.22   #: expect status 1, output "Destination Host Unreachable"

# Mended.
ip netns exec b sysctl -qw net.ipv4.conf.all.arp_ignore=0
ip netns exec a ping -n -c 1 10.0.0.22
