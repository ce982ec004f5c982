#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# In a namespace that never had a route every address is a broadcast address: an entry is NOARP as soon as it is made,
# and needs no MAC address.

ip netns add a
ip -n a link add br0 type bridge
ip -n a neigh replace 10.0.0.1 nud failed dev br0
ip -n a neigh replace 10.0.0.1 nud failed dev br0
ip -n a neigh add 10.0.0.2 dev br0
ip -n a neigh
ip -n a addr add 10.0.0.9/24 dev br0
ip -n a neigh add 10.0.0.3 dev br0   #: expect status 2, output "No link layer address given"
ip -n a neigh replace 10.0.0.1 nud reachable dev br0   #: expect status 2, output "No link layer address given"
ip -n a neigh
