#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A namespace that has lost its name, and that a process is in, goes on: it receives, answers and filters. Another one
# may have the name meanwhile, and lose it too.

ip link add br0 type bridge mcast_snooping 0
ip link set br0 up
ip addr add 10.0.1.1/24 dev br0
ip netns add d
ip link add v0 type veth peer name eth0 netns d
ip link set v0 master br0
ip link set v0 up
ip -n d link set eth0 up
ip -n d addr add 10.0.1.2/24 dev eth0
ip netns exec d iptables -A INPUT -p icmp --icmp-type echo-request -m conntrack --ctstate NEW -j ACCEPT
ip netns exec d nc -l -p 5000 >/dev/null &
sleep 0.1
ip netns del d
ping -n -c 1 10.0.1.2
ip netns add d
ip link add v1 type veth peer name eth0 netns d
ip link set v1 master br0
ip link set v1 up
ip -n d link set eth0 up
ip -n d addr add 10.0.1.3/24 dev eth0
ip netns exec d nc -l -p 5000 >/dev/null &
sleep 0.1
ping -n -c 1 10.0.1.3
ip netns del d
ping -n -c 1 10.0.1.3
ping -n -c 1 10.0.1.2
nc -N 10.0.1.2 5000 <<X
hello
X
sleep 0.1
ping -n -c 1 -W 0.1 10.0.1.2   #: expect fail
ping -n -c 1 10.0.1.3
