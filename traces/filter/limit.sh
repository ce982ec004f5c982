#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# limit lets so many through in a time, after a first burst: a bucket of tokens. The rest goes on to the next rule.

for n in a b; do ip netns add $n; done
ip link add eth0 netns a type veth peer name eth0 netns b
ip -n a addr add 10.0.0.1/24 dev eth0
ip -n b addr add 10.0.0.2/24 dev eth0
for n in a b; do ip -n $n link set lo up; ip -n $n link set eth0 up; done

ip netns exec b iptables -A INPUT -p icmp -m limit --limit 1/minute --limit-burst 3 -j ACCEPT
ip netns exec b iptables -A INPUT -p icmp -j DROP
ip netns exec a ping -n -c 5 -i 0.1 -W 0.5 10.0.0.2   #: expect ok, output "3 received"
ip netns exec b iptables -L INPUT -n -v
ip netns exec b iptables -S INPUT
