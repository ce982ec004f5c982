#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# When the cable has no carrier the route stays (linkdown) and is used: packets go nowhere. With
# ignore_routes_with_linkdown the next best is taken.

for n in a b; do ip netns add $n; done
for i in 0 1; do
	ip link add eth$i netns a type veth peer name eth$i netns b
	ip -n a addr add 10.0.$i.1/24 dev eth$i
	ip -n b addr add 10.0.$i.2/24 dev eth$i
done
for n in a b; do ip -n $n link set lo up; ip -n $n link set eth0 up; ip -n $n link set eth1 up; done
ip -n b addr add 10.9.0.1/32 dev lo
ip -n a route add 10.9.0.0/16 via 10.0.0.2 metric 10
ip -n a route add 10.9.0.0/16 via 10.0.1.2 metric 20
ip netns exec a ping -n -c 1 10.9.0.1

ip -n b link set eth0 down
ip -n a link show dev eth0   #: expect ok, output "NO-CARRIER"
ip -n a route   #: expect ok, output "linkdown"
ip netns exec a ping -n -c 1 -W 0.5 10.9.0.1   #: expect status 1
ip netns exec a sysctl -qw net.ipv4.conf.all.ignore_routes_with_linkdown=1
ip -n a route get 10.9.0.1
ip netns exec a ping -n -c 1 10.9.0.1

# The device itself down takes its routes with it; up again, only the connected one comes back.
ip -n a link set eth0 down
ip -n a route
ip -n b link set eth0 up
ip -n a link set eth0 up
ip -n a route
ip netns exec a ping -n -c 1 10.0.0.2
