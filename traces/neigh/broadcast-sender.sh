#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# An ARP request from an address that is the receiver's broadcast address: the neighbour that the request makes there is
# NOARP from the first moment, and what is sent to it goes to all.

ip netns add a
ip link add eth0 type veth peer name eth0 netns a
ip addr add 10.64.0.3/29 dev eth0
ip -n a addr add 10.64.0.2/30 dev eth0
ip link set eth0 up
ip -n a link set eth0 up
ping -n -c 1 -W 0.5 10.64.0.2
ip -n a neigh show nud noarp
