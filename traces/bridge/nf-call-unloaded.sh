#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A bridge's own switch for iptables does nothing until br_netfilter is loaded.
# Not with the real tools in a sandbox: there br_netfilter is loaded from the beginning when the machine has loaded it.

ip link add br0 type bridge mcast_snooping 0
ip link set br0 up
for n in a b; do
	ip netns add $n
	ip link add v$n type veth peer name eth0 netns $n
	ip link set v$n master br0
	ip link set v$n up
	ip -n $n link set eth0 up
done
ip -n a addr add 10.0.0.1/24 dev eth0
ip -n b addr add 10.0.0.2/24 dev eth0
iptables -A FORWARD -j DROP
ip link set br0 type bridge nf_call_iptables 1
ip netns exec a ping -n -c 1 10.0.0.2
modprobe br_netfilter
sysctl -qw net.bridge.bridge-nf-call-iptables=0
ip netns exec a ping -n -c 1 -W 1 10.0.0.2   #: expect fail
