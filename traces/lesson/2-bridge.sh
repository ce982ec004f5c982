#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# 2. More than two: a bridge on the host, a cable from it to each namespace.

ip netns add red
ip netns add blue
ip link add veth-red type veth peer name veth-blue
ip link set veth-red netns red
ip link set veth-blue netns blue

ip link add v-net-0 type bridge
ip link set dev v-net-0 up

# One end deleted takes the other with it.
ip -n red link del veth-red
ip -n blue link show veth-blue   #: expect fail, output "does not exist"

ip link add veth-red type veth peer name veth-red-br
ip link add veth-blue type veth peer name veth-blue-br
ip link set veth-red netns red
ip link set veth-red-br master v-net-0
ip link set veth-blue netns blue
ip link set veth-blue-br master v-net-0
ip -n red addr add 192.168.15.1/24 dev veth-red
ip -n blue addr add 192.168.15.2/24 dev veth-blue
ip -n red link set veth-red up
ip -n blue link set veth-blue up

# The slides forget the bridge's ends. A cable has a carrier when both of its ends are up.
ip -n red link show veth-red   #: expect ok, output "NO-CARRIER"
bridge link
ip netns exec red ping -c 1 -W 1.5 192.168.15.2   #: expect fail

# Mended.
ip link set veth-red-br up
ip link set veth-blue-br up
bridge link
ip netns exec red ping -c 1 192.168.15.2   #: expect ok, output "ttl=64"
bridge fdb show br v-net-0

# The host itself is not in that network yet.
ping -c 1 -W 1 192.168.15.1   #: expect status 2, output "Network is unreachable"
ip addr add 192.168.15.5/24 dev v-net-0
ping -c 1 192.168.15.1
