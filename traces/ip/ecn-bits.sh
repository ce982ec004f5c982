#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The tool reads a TOS as a hexadecimal number: 16 is 0x16, and the kernel takes no bits of ECN for a route.

ip link add eth0 type veth peer name eth1
ip link set eth0 up
ip addr add 10.0.0.1/24 dev eth0
ip route add 10.1.0.0/24 dev eth0 tos 16   #: expect fail, output "ECN bits must be 0"
ip route add 10.1.0.0/24 dev eth0 tos 10
ip route del 10.1.0.0/24 tos 16   #: expect fail
ip route del 10.1.0.0/24 tos 10
ip route
