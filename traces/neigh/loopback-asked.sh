#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A loopback address has no neighbour: a request for one is thrown away before anybody is asked whether the address is
# local, unless the device has route_localnet.

for n in a b; do ip netns add $n; done
ip link add eth0 netns a type veth peer name eth0 netns b
ip -n a addr add 10.0.0.1/24 dev eth0
ip -n b addr add 10.0.0.2/24 dev eth0
for n in a b; do ip -n $n link set eth0 up; done
ip -n b link set lo up
ip netns exec a sysctl -qw net.ipv4.conf.eth0.route_localnet=1
ip -n a route add 127.0.0.0/8 dev eth0

ip netns exec a ping -c 1 -W 0.5 127.0.0.1   #: expect fail
ip netns exec b sysctl -qw net.ipv4.conf.eth0.route_localnet=1
ip netns exec a ping -c 1 -W 0.5 127.0.0.2   #: expect ok
