#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A fragment that the device does not take ends the sending of its datagram. What a program sends is in pieces long before
# ip_do_fragment(): those behind it are dropped one by one there. What is forwarded is in one piece: it is dropped whole.

for n in a b c; do ip netns add $n; ip -n $n link set lo up; done
ip link add eth0 netns a type veth peer name eth0 netns b
ip link add eth1 netns b type veth peer name eth0 netns c
ip -n a addr add 10.0.1.1/24 dev eth0
ip -n b addr add 10.0.1.2/24 dev eth0
ip -n b addr add 10.0.2.2/24 dev eth1
for n in a b c; do ip -n $n link set eth0 up; done
ip -n b link set eth1 up
ip netns exec b sysctl -qw net.ipv4.ip_forward=1
ip -n a route add default via 10.0.1.2
ip -n b neigh add 10.0.2.1 lladdr 02:00:00:00:00:03 dev eth1

# The far end of eth1 takes frames of up to 1018 bytes, so the first fragment is too large already: no buffer space.
ip -n c link set eth0 mtu 1000
ip netns exec b ping -n -c 1 -W 0.3 -s 5000 10.0.2.1   #: expect fail
ip -n b link set eth1 mtu 1100
ip netns exec a ping -n -c 1 -W 0.3 -M dont -s 1400 10.0.2.1   #: expect fail

# No carrier: the queue throws the first one away, and nobody is told.
ip -n c link set eth0 down
ip netns exec b ping -n -c 1 -W 0.3 -s 5000 10.0.2.1   #: expect fail
ip netns exec a ping -n -c 1 -W 0.3 -M dont -s 1400 10.0.2.1   #: expect fail

# What was put together from fragments on its way (connection tracking does) goes on in the pieces in which it came:
# those behind the first have still their own headers when they are thrown away.
ip netns exec b iptables -t nat -A POSTROUTING -s 10.9.0.0/24 -j MASQUERADE
ip netns exec a ping -n -c 1 -W 0.3 -M dont -s 5000 10.0.2.1   #: expect fail
