#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# 1. Two network namespaces and a cable between them. First as the slide has it, with an address without a netmask,
# which fails; then mended.

ip netns add red
ip netns add blue
ip netns

# The host sees its devices, a namespace only its own.
ip link
ip netns exec red ip link
ip -n red link

# No neighbours and no routes: neither outside nor inside.
arp
ip netns exec red arp
route
ip netns exec red route   #: expect fail

# The cable: a veth pair, one end in each namespace.
ip link add veth-red type veth peer name veth-blue
ip link set veth-red netns red
ip link set veth-blue netns blue

# As on the slide: no netmask.
ip -n red addr add 192.168.15.1 dev veth-red
ip -n blue addr add 192.168.15.2 dev veth-blue
ip -n red link set veth-red up
ip -n blue link set veth-blue up

# An address without a netmask is a /32: it brings no route to anything else.
ip netns exec red ping -c 1 192.168.15.2   #: expect status 2, output "Network is unreachable"
ip -n red addr show dev veth-red
ip -n red route

# Mended: with /24 the network 192.168.15.0/24 is on the cable.
ip -n red addr del 192.168.15.1/32 dev veth-red
ip -n blue addr del 192.168.15.2/32 dev veth-blue
ip -n red addr add 192.168.15.1/24 dev veth-red
ip -n blue addr add 192.168.15.2/24 dev veth-blue
ip -n red route
ip netns exec red ping -c 1 192.168.15.2   #: expect ok, output "ttl=64"

# Both have learned the other's MAC address.
ip netns exec red arp
ip netns exec blue arp

# The host knows nothing of all this.
arp
