#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# MASQUERADE lends the address of the device that a packet leaves by. The first packet of a flow decides, and the
# entry translates all others, replies included.

for n in a r b; do ip netns add $n; done
ip link add eth0 netns a type veth peer name eth0 netns r
ip link add eth0 netns b type veth peer name eth1 netns r
ip -n a addr add 10.0.1.2/24 dev eth0
ip -n r addr add 10.0.1.1/24 dev eth0
ip -n r addr add 10.0.2.1/24 dev eth1
ip -n b addr add 10.0.2.2/24 dev eth0
for n in a r b; do ip -n $n link set lo up; ip -n $n link set eth0 up; done
ip -n r link set eth1 up
ip -n a route add default via 10.0.1.1
ip -n b route add default via 10.0.2.1
ip netns exec r sysctl -qw net.ipv4.ip_forward=1

ip -n b route del default
ip netns exec a ping -n -c 1 -W 0.5 10.0.2.2   #: expect status 1
ip netns exec r iptables -t nat -A POSTROUTING -s 10.0.1.0/24 -o eth1 -j MASQUERADE
ip netns exec a ping -n -c 2 -i 0.2 10.0.2.2   #: expect ok, output "ttl=63"
ip netns exec r iptables -t nat -L POSTROUTING -n -v

# The address nearest to the next hop.
ip -n r addr add 10.3.0.1/24 dev eth1
ip -n b addr add 10.3.0.2/24 dev eth0
ip netns exec a ping -n -c 1 10.3.0.2
ip netns exec b python3 -m http.server 80 >/dev/null 2>&1 &
sleep 1
ip netns exec a curl -s -o /dev/null -w '%{http_code}\n' http://10.0.2.2/
ip netns exec r iptables -t nat -S
