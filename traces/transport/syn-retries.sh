#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A firewall that drops: SYN after SYN, a second apart and more, until TCP gives up; how often, tcp_syn_retries says.
# curl has a time limit of its own.

for n in a b; do ip netns add $n; done
ip link add eth0 netns a type veth peer name eth0 netns b
ip -n a addr add 10.0.0.1/24 dev eth0
ip -n b addr add 10.0.0.2/24 dev eth0
for n in a b; do ip -n $n link set lo up; ip -n $n link set eth0 up; done

ip netns exec b iptables -A INPUT -p tcp -j DROP
ip netns exec a sysctl -qw net.ipv4.tcp_syn_retries=1
ip netns exec a nc -z -v -n 10.0.0.2 80   #: expect status 1, output "timed out"
ip netns exec a curl -s -m 0.5 http://10.0.0.2/   #: expect status 28

# Reopened between two SYNs: the second one arrives, and is answered, with a reset.
ip netns exec a nc -z -v -n -w 3 10.0.0.2 90 &   #: expect status 1, output "Connection refused"
sleep 0.5
ip netns exec b iptables -F
wait
ip netns exec b iptables -L INPUT -n -v
