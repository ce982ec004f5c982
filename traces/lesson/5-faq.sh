#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# 5. The FAQ: "my ping does not work". A wrong netmask; a firewall in the way, which also stops what a bridge forwards
# once br_netfilter is loaded.

ip link add v-net-0 type bridge
ip link set v-net-0 up
for n in red blue; do
	ip netns add $n
	ip link add veth-$n netns $n type veth peer name veth-$n-br
	ip link set veth-$n-br master v-net-0
	ip link set veth-$n-br up
	ip -n $n link set veth-$n up
done

# The netmasks do not agree: red has 192.168.15.0/24, blue only 192.168.15.64/26. Red's question arrives and
# blue even learns red's MAC address from it, but has no way to send the answer.
ip -n red addr add 192.168.15.1/24 dev veth-red
ip -n blue addr add 192.168.15.100/26 dev veth-blue
ip netns exec red ping -c 1 -W 1 192.168.15.100   #: expect status 1, output "100% packet loss"
ip netns exec blue ip neigh

# Mended: the same netmask on both.
ip -n blue addr del 192.168.15.100/26 dev veth-blue
ip -n blue addr add 192.168.15.2/24 dev veth-blue
ip netns exec red ping -c 1 192.168.15.2

# A firewall that forwards nothing does not matter to a bridge ...
iptables -P FORWARD DROP
ip netns exec red ping -c 1 192.168.15.2

# ... until br_netfilter hands bridged frames to iptables.
modprobe br_netfilter
sysctl net.bridge.bridge-nf-call-iptables
ip netns exec red ping -c 1 -W 1 192.168.15.2   #: expect status 1, output "100% packet loss"

# Mended, one way or the other.
iptables -A FORWARD -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT
iptables -A FORWARD -s 192.168.15.0/24 -d 192.168.15.0/24 -j ACCEPT
ip netns exec red ping -c 1 192.168.15.2
sysctl -qw net.bridge.bridge-nf-call-iptables=0
iptables -F FORWARD
ip netns exec red ping -c 1 192.168.15.2
