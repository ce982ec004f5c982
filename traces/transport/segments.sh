#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# An answer that is longer than a segment: small MTU, small segments, and each is a packet for the rules of its sender
# (which on a machine with segmentation offload count fewer and larger ones: the device cuts them).

for n in a b; do ip netns add $n; done
ip link add eth0 netns a type veth peer name eth0 netns b
ip -n a addr add 10.0.1.2/24 dev eth0
ip -n b addr add 10.0.1.1/24 dev eth0
for n in a b; do ip -n $n link set lo up; ip -n $n link set eth0 mtu 200 up; done
ip netns exec b iptables -A OUTPUT -p tcp --sport 8000 -j ACCEPT
ip netns exec b iptables -A INPUT -p tcp --dport 8000 -j ACCEPT

ip netns exec b python3 -m http.server 8000 >/dev/null 2>&1 &
sleep 1
ip netns exec a curl -s -o /dev/null -w '%{http_code}\n' http://10.0.1.1:8000/
ip netns exec a curl -s -o /dev/null -w '%{http_code}\n' http://10.0.1.1:8000/none   #: expect ok, output "404"
kill $!
