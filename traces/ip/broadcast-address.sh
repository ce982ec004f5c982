#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The broadcast address of an address: given, or worked out by `ip` itself from `+` (all host bits set) and `-` (none).
# With a peer it is worked out from the peer's address; a /31 has none.

ip netns add a
ip link add eth0 type veth peer name eth0 netns a
ip link set eth0 up
ip -n a link set eth0 up
ip addr add 10.0.0.1/24 brd + dev eth0
ip addr add 10.0.1.1/24 brd - dev eth0
ip addr add 10.0.2.1/24 brd 10.0.2.99 dev eth0
ip addr add 10.0.3.1 peer 10.9.3.1/24 brd + dev eth0
ip addr add 10.0.4.0/31 brd + dev eth0
ip addr show dev eth0   #: expect ok, output "brd 10.9.3.255"
ip route show table local type broadcast
# Deleting names the address alone.
ip addr del 10.0.0.1/24 brd + dev eth0
ip addr show dev eth0
