#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# a and c are on one network; a's server is published at the router. When c asks there, a would answer c directly,
# and c knows no such address; so the source must be translated too.

for n in a b c; do ip netns add $n; done
ip link add br0 type bridge
ip link set br0 up
for n in a b c; do
	ip link add v$n type veth peer name eth0 netns $n
	ip link set v$n master br0
	ip link set v$n up
	ip -n $n link set eth0 up
done
ip -n a addr add 10.0.0.1/24 dev eth0
ip -n b addr add 10.0.0.2/24 dev eth0
ip -n c addr add 10.0.0.3/24 dev eth0

ip -n c link set lo up
ip addr add 10.0.0.254/24 dev br0
sysctl -qw net.ipv4.ip_forward=1
sysctl -qw net.ipv4.conf.all.send_redirects=0 net.ipv4.conf.br0.send_redirects=0
for n in a b c; do ip -n $n route add default via 10.0.0.254; done
ip netns exec a python3 -m http.server 80 >/dev/null 2>&1 &
sleep 1
iptables -t nat -A PREROUTING -d 10.0.0.254 -p tcp --dport 80 -j DNAT --to-destination 10.0.0.1:80
ip netns exec c curl -s -m 0.7 http://10.0.0.254/   #: expect status 28
iptables -t nat -A POSTROUTING -s 10.0.0.0/24 -d 10.0.0.0/24 -j MASQUERADE
ip netns exec c curl -s -o /dev/null -w '%{http_code}\n' http://10.0.0.254/

# A server that asks itself in this way.
ip netns exec a curl -s -o /dev/null -w '%{http_code}\n' http://10.0.0.254/
