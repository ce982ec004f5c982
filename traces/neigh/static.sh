#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Entries by hand: PERMANENT ones are never asked for and never change, whatever is heard. NOARP says that no
# question is needed.

for n in a b; do ip netns add $n; done
ip link add eth0 netns a type veth peer name eth0 netns b
ip -n a addr add 10.0.0.1/24 dev eth0
ip -n b addr add 10.0.0.2/24 dev eth0
for n in a b; do ip -n $n link set lo up; ip -n $n link set eth0 up; done

ip -n b link set eth0 address 02:00:00:00:00:02
ip -n a neigh add 10.0.0.2 lladdr 02:00:00:00:00:99 dev eth0
ip -n a neigh
ip netns exec a ping -n -c 1 -W 0.5 10.0.0.2   #: expect status 1, output "100% packet loss"

# Not even b's own questions change it.
ip netns exec b ping -n -c 1 -W 0.5 10.0.0.1   #: expect status 1
ip -n a neigh   #: expect ok, output "PERMANENT"
ip -n a neigh add 10.0.0.2 lladdr 02:00:00:00:00:02 dev eth0   #: expect status 2, output "File exists"
ip -n a neigh change 10.0.0.2 lladdr 02:00:00:00:00:02 dev eth0
ip netns exec a ping -n -c 1 10.0.0.2
ip -n a neigh replace 10.0.0.2 lladdr 02:00:00:00:00:02 nud noarp dev eth0
ip -n a neigh show nud noarp
ip netns exec a ping -n -c 1 10.0.0.2
ip -n a neigh del 10.0.0.2 dev eth0
ip -n a neigh del 10.0.0.2 dev eth0   #: expect status 2
ip -n a neigh change 10.0.0.7 lladdr 02:00:00:00:00:02 dev eth0   #: expect status 2, output "No such file or directory"
ip -n a neigh flush dev eth0
ip -n a neigh
