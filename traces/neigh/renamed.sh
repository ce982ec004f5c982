#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A device may be given another name while it is up. What comes next, a probe that a command sets off at once, is seen
# under the new name.

ip netns add d
ip link add v0 type veth peer name eth0 netns d
ip -n d link set eth0 address 02:00:00:00:00:01
ip addr add 10.1.0.1/24 dev v0
ip -n d addr add 10.1.0.2/24 dev eth0
ip link set v0 up
ip -n d link set eth0 up
ping -n -c 1 10.1.0.2
ip -n d link set eth0 name lan0
ip neigh replace 10.1.0.2 lladdr 02:00:00:00:00:01 nud probe dev v0
sleep 0.1
ip -n d link set lan0 name eth1
ping -n -c 1 10.1.0.2
