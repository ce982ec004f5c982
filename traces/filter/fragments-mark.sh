#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What was put together from fragments has the mark of the first fragment, whichever came last: a rule that marks two
# of three marks the whole, one that spares the first does not.

ip netns add a
ip netns add b
ip link add eth0 netns a type veth peer name eth0 netns b
for n in a b; do ip -n $n link set lo up; ip -n $n link set eth0 up; done
ip -n a addr add 10.0.1.1/24 dev eth0
ip -n b addr add 10.0.1.2/24 dev eth0

# no connection tracking in b: each fragment goes through PREROUTING by itself
ip netns exec b iptables -t mangle -A PREROUTING -p icmp -m limit --limit 1/hour --limit-burst 2 -j MARK --set-mark 1
ip netns exec b iptables -A INPUT -m mark --mark 1 -j ACCEPT
ip netns exec a ping -n -c 1 -s 4000 10.0.1.2
ip netns exec b iptables -nvL INPUT

# the later fragments alone
ip netns exec b iptables -t mangle -F
ip netns exec b iptables -t mangle -A PREROUTING -p icmp -m limit --limit 1/hour --limit-burst 1 -j ACCEPT
ip netns exec b iptables -t mangle -A PREROUTING -p icmp -j MARK --set-mark 1
ip netns exec a ping -n -c 1 -s 4000 10.0.1.2
ip netns exec b iptables -nvL INPUT
