#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Of the addresses of one subnet the first is the primary, the others are secondary, and go with it, unless
# promote_secondaries makes the next one primary.

for n in a b; do ip netns add $n; done
ip link add eth0 netns a type veth peer name eth0 netns b
ip -n a addr add 10.0.0.1/24 dev eth0
ip -n b addr add 10.0.0.2/24 dev eth0
for n in a b; do ip -n $n link set lo up; ip -n $n link set eth0 up; done

ip -n a addr add 10.0.0.11/24 dev eth0
ip -n a addr add 10.0.0.12/24 dev eth0
ip -n a addr show dev eth0   #: expect ok, output "secondary"
ip netns exec a ping -n -c 1 10.0.0.2
ip -n a addr del 10.0.0.1/24 dev eth0
ip -n a addr show dev eth0
ip netns exec a ping -n -c 1 10.0.0.2   #: expect status 2, output "Network is unreachable"

ip netns exec a sysctl -qw net.ipv4.conf.eth0.promote_secondaries=1
for i in 1 11 12; do ip -n a addr add 10.0.0.$i/24 dev eth0; done
ip -n a addr del 10.0.0.1/24 dev eth0
ip -n a addr show dev eth0
ip -n a route show table all
ip netns exec a ping -n -c 1 10.0.0.2
