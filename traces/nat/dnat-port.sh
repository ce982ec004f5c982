#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A published port with another number: the router's 8080 is b's 80. The chain is asked for the first packet of a
# flow only, so its counter counts flows.

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

ip netns exec b python3 -m http.server 80 >/dev/null 2>&1 &
sleep 1
ip netns exec r iptables -t nat -A PREROUTING -i eth0 -p tcp --dport 8080 -j DNAT --to-destination 10.0.2.2:80
ip netns exec a curl -s -o /dev/null -w '%{http_code}\n' http://10.0.1.1:8080/
ip netns exec a curl -s -o /dev/null -w '%{http_code}\n' http://10.0.1.1:80/   #: expect status 7
ip netns exec r iptables -t nat -L PREROUTING -n -v

# The router itself does not pass PREROUTING: OUTPUT is its place.
ip netns exec r curl -s http://10.0.1.1:8080/   #: expect status 7
ip netns exec r iptables -t nat -A OUTPUT -d 10.0.1.1 -p tcp --dport 8080 -j DNAT --to-destination 10.0.2.2:80
ip netns exec r curl -s -o /dev/null -w '%{http_code}\n' http://10.0.1.1:8080/
