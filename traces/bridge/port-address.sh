#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# An address belongs on the bridge, not on its port: what a port receives the bridge takes. A host's address that was
# left on the port does not work.

ip netns add a
ip link add eth0 type veth peer name eth0 netns a
ip link set eth0 up
ip -n a link set eth0 up
ip addr add 10.0.0.254/24 dev eth0
ip -n a addr add 10.0.0.1/24 dev eth0
ping -n -c 1 10.0.0.1

ip link add br0 type bridge mcast_snooping 0
ip link set br0 up
ip link set eth0 master br0
ip neigh flush dev eth0
ping -n -c 1 -W 0.5 10.0.0.1   #: expect status 1, output "100% packet loss"
ip route

# Mended: the address moves to the bridge.
ip addr del 10.0.0.254/24 dev eth0
ip addr add 10.0.0.254/24 dev br0
ping -n -c 1 10.0.0.1
ip link set lo master br0   #: expect fail
ip link add br1 type bridge
ip link set br1 master br0   #: expect fail, output "Can not enslave a bridge to a bridge"
