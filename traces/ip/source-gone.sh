#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Routes whose preferred source is an address that goes: they go with it, and are told of. Those of a device that goes
# down are not.

ip link add eth0 type veth peer name eth1
ip addr add 10.0.1.1/24 dev eth0
ip addr add 10.0.2.1/24 dev eth0
ip link set eth0 up
ip link set eth1 up
ip route add 10.9.0.0/24 via 10.0.1.3 src 10.0.2.1
ip route add 10.9.1.0/24 via 10.0.1.3
ip route change 10.0.1.0/24 dev eth0 src 10.0.2.1
ip addr del 10.0.2.1/24 dev eth0
ip route
ip route add 10.0.1.0/24 dev eth0
ip route add 10.9.0.0/24 via 10.0.1.3 src 10.0.1.1
ip link set eth0 down
ip route
