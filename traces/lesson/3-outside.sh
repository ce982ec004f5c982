#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# 3. The world outside. The host has eth0 with 192.168.1.2 on a LAN, where there are 192.168.1.3 and a gateway 192.168.1.1
# that also holds 8.8.8.8. All of them are namespaces of this lab: nothing leaves it.

# The LAN: a bridge in a namespace of its own.
ip netns add lan
ip -n lan link add lan0 type bridge
ip -n lan link set lan0 up
for n in pc gateway; do
	ip netns add $n
	ip link add eth0 netns $n type veth peer name to-$n netns lan
	ip -n lan link set to-$n master lan0
	ip -n lan link set to-$n up
	ip -n $n link set lo up
	ip -n $n link set eth0 up
done
ip link add eth0 type veth peer name to-host netns lan
ip -n lan link set to-host master lan0
ip -n lan link set to-host up
ip link set eth0 up
ip addr add 192.168.1.2/24 dev eth0
ip route add default via 192.168.1.1
ip -n pc addr add 192.168.1.3/24 dev eth0
ip -n gateway addr add 192.168.1.1/24 dev eth0
ip -n gateway addr add 8.8.8.8/32 dev lo
ip netns exec gateway sysctl -qw net.ipv4.ip_forward=1

# The bridge of the lesson before.
ip link add v-net-0 type bridge
ip link set v-net-0 up
ip addr add 192.168.15.5/24 dev v-net-0
for n in red blue; do
	ip netns add $n
	ip link add veth-$n netns $n type veth peer name veth-$n-br
	ip link set veth-$n-br master v-net-0
	ip link set veth-$n-br up
	ip -n $n link set veth-$n up
done
ip -n red addr add 192.168.15.1/24 dev veth-red
ip -n blue addr add 192.168.15.2/24 dev veth-blue

# Blue knows no way to the LAN.
ip netns exec blue ping -c 1 192.168.1.3   #: expect status 2, output "connect: Network is unreachable"

# With a route it sends, and gets nothing: the host does not forward.
ip netns exec blue ip route add 192.168.1.0/24 via 192.168.15.5
ip netns exec blue ping -c 1 -W 1 192.168.1.3   #: expect status 1, output "100% packet loss"

# Now it does. Still nothing: the PC has no way back to 192.168.15.0/24.
sysctl -w net.ipv4.ip_forward=1
ip netns exec blue ping -c 1 -W 1 192.168.1.3   #: expect status 1, output "100% packet loss"

# The host lends its own address.
iptables -t nat -A POSTROUTING -s 192.168.15.0/24 -j MASQUERADE
ip netns exec blue ping -c 1 192.168.1.3   #: expect ok, output "ttl=63"

# The internet: a default route.
ip netns exec blue ping -c 1 8.8.8.8   #: expect status 2, output "Network is unreachable"
ip netns exec blue ip route add default via 192.168.15.5
ip netns exec blue ping -c 1 8.8.8.8   #: expect ok, output "ttl=63"
