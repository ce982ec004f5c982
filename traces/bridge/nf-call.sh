#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# With br_netfilter bridged frames pass iptables as if they were routed: conntrack, NAT and FORWARD see them,
# although no TTL is taken off. A bridged DNAT turns a frame to another host of the same bridge.

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

for n in a b c; do ip -n $n link set lo up; done
ip addr add 10.0.0.254/24 dev br0
sysctl -qw net.ipv4.ip_forward=1
modprobe br_netfilter
iptables -A FORWARD -p icmp -m conntrack --ctstate NEW
iptables -A FORWARD -p icmp -m conntrack --ctstate ESTABLISHED
ip netns exec a ping -n -c 2 -i 0.2 10.0.0.2   #: expect ok, output "ttl=64"
iptables -L FORWARD -n -v

# To the host itself: INPUT, not FORWARD.
iptables -A INPUT -p icmp -j ACCEPT
ip netns exec a ping -n -c 1 10.0.0.254
iptables -L INPUT -n -v

# What a sends to b's address goes to c.
iptables -t nat -A PREROUTING -s 10.0.0.1 -d 10.0.0.2 -j DNAT --to-destination 10.0.0.3
ip netns exec a ping -n -c 1 10.0.0.2
iptables -t nat -L PREROUTING -n -v
sysctl -qw net.bridge.bridge-nf-call-iptables=0
ip netns exec a ping -n -c 1 10.0.0.2
