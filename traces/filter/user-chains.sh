#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A user chain is a subroutine: a jump goes in, RETURN or its end comes back to the next rule; with -g its end does
# not come back there but to the caller's caller.

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

ip netns exec r iptables -N icmp-in
ip netns exec r iptables -N trusted
ip netns exec r iptables -A FORWARD -p icmp -j icmp-in
ip netns exec r iptables -A FORWARD -p icmp -j DROP
ip netns exec r iptables -A icmp-in -s 10.0.1.2 -j trusted
ip netns exec r iptables -A icmp-in -p icmp --icmp-type echo-reply -j ACCEPT
ip netns exec r iptables -A icmp-in -m comment --comment "nobody comes here" -s 10.0.77.0/24 -j ACCEPT
ip netns exec r iptables -A trusted -d 10.0.2.99 -j RETURN
ip netns exec r iptables -A trusted -j ACCEPT
ip netns exec a ping -n -c 1 10.0.2.2
ip netns exec a ping -n -c 1 -W 0.5 10.0.2.99   #: expect status 1
ip netns exec r iptables -L -n -v

ip netns exec r iptables -X trusted   #: expect fail
ip netns exec r iptables -D icmp-in 1
ip netns exec r iptables -F trusted
ip netns exec r iptables -X trusted
ip netns exec r iptables -E icmp-in ping
ip netns exec r iptables -I FORWARD 1 -s 10.0.1.2 -g ping
ip netns exec a ping -n -c 1 10.0.2.2
ip netns exec r iptables -S
ip netns exec r iptables -L -n -v -x
