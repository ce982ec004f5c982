#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Not with the real tools in a sandbox: they do not wait for what the kernel does a moment later.
# A carrier that comes and goes at once: routes are linkdown before the next command that makes a route or an address,
# also where the kernel's linkwatch has had no time to tell of either change.

ip netns add a
ip netns add b
ip link add eth0 netns a type veth peer name eth0 netns b
ip -n a addr add 10.0.2.1/24 dev eth0
ip -n b addr add 10.0.2.2/24 dev eth0
ip -n a link set eth0 up
ip -n b link set eth0 up
ip -n a link set eth0 down
ip -n b route replace 10.9.0.0/24 via 10.0.2.1
ip -n b route
ip -n a link set eth0 up
ip -n b route replace 10.9.1.0/24 via 10.0.2.1
ip -n a link set eth0 down
ip -n b route replace 10.9.2.0/24 via 10.0.2.1
ip -n b addr add 10.0.3.1/24 dev eth0
ip -n b route

# A bridge has its carrier from its ports.
ip link add br0 type bridge mcast_snooping 0
ip link set br0 up
ip link add v0 type veth peer name eth1 netns a
ip link set v0 master br0
ip link set v0 up
ip -n a link set eth1 up
ip -n a link set eth1 down
ip addr add 10.0.4.1/24 dev br0
ip -n a link set eth1 up
ip addr add 10.0.5.1/24 dev br0
ip route
