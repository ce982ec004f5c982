#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The source address that a route's next hop chooses is kept: route_localnet makes 127.0.0.1 one that may be chosen
# beyond the host, and a route that was there before, or says the same as one, does not see that until an address of
# the namespace changes or a device comes up.

ip netns add a
ip -n a link set lo up
ip -n a route add 10.0.1.0/24 dev lo
ip netns exec a sysctl -qw net.ipv4.conf.all.route_localnet=1
ip -n a route get 10.0.1.2
ip -n a route add 10.0.2.0/24 dev lo
ip -n a route add 10.0.3.0/24 dev lo metric 5
ip -n a route get 10.0.2.2
ip -n a route get 10.0.3.2
ip -n a addr add 10.9.9.9/32 dev lo
ip -n a addr del 10.9.9.9/32 dev lo
ip -n a route get 10.0.1.2
ip netns exec a sysctl -qw net.ipv4.conf.all.route_localnet=0
ip -n a route get 10.0.1.2
ip -n a route get 10.0.3.2
ip netns exec a sysctl -qw net.ipv4.conf.all.route_localnet=1
ip -n a route change 10.0.3.0/24 dev lo metric 5
ip -n a route get 10.0.3.2
ip -n a link add v0 type veth peer name v1
ip -n a link set v0 up
ip -n a route get 10.0.3.2
