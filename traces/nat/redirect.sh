#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# REDIRECT sends to the host itself what would go elsewhere: a transparent proxy. To another port, or to the same one.

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

ip netns exec r python3 -m http.server 3128 >/dev/null 2>&1 &
sleep 1
ip netns exec a curl -s http://10.0.2.2/   #: expect status 7
ip netns exec r iptables -t nat -A PREROUTING -i eth0 -p tcp --dport 80 -j REDIRECT --to-ports 3128
ip netns exec a curl -s -o /dev/null -w '%{http_code}\n' http://10.0.2.2/
ip netns exec r iptables -t nat -A PREROUTING -p icmp -j REDIRECT
ip netns exec a ping -n -c 1 10.0.2.2   #: expect ok, output "ttl=64"
ip netns exec a ping -n -c 1 10.99.0.1   #: expect ok, output "ttl=64"

# What the host sends itself goes to 127.0.0.1.
ip netns exec r iptables -t nat -A OUTPUT -p tcp --dport 80 -j REDIRECT --to-ports 3128
ip netns exec r curl -s -o /dev/null -w '%{http_code}\n' http://10.0.2.2/
