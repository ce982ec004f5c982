#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# b's firewall rejects what comes in, and says so.

for n in a b; do ip netns add $n; done
ip link add eth0 netns a type veth peer name eth0 netns b
ip -n a addr add 10.0.0.1/24 dev eth0
ip -n b addr add 10.0.0.2/24 dev eth0
for n in a b; do ip -n $n link set lo up; ip -n $n link set eth0 up; done

ip netns exec b iptables -A INPUT -p icmp -j REJECT
ip netns exec a ping -n -c 2 -W 1 10.0.0.2   #: expect status 1, output "Destination Port Unreachable"

# Mended.
ip netns exec b iptables -D INPUT -p icmp -j REJECT
ip netns exec a ping -n -c 1 10.0.0.2
