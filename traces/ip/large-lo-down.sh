#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A datagram of 64 KiB fits lo, and is not copied into one piece: who looks at the packet in the kernel finds the IP
# header, and not the ICMP header. lo is down, so it is thrown away.

ip netns add a
ip -n a link add eth0 type veth peer name eth1
ip -n a link set eth0 up
ip -n a link set eth1 up
ip -n a addr add 10.0.0.1/24 dev eth0

ip netns exec a ping -c 1 -W 0.5 -s 65507 10.0.0.1    #: expect fail
ip netns exec a ping -c 1 -W 0.5 10.0.0.1             #: expect fail
