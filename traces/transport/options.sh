#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What the SYN offers: time stamps, selective acknowledgements, window scaling. Each can be turned off on either side.

for n in a b; do ip netns add $n; done
ip link add eth0 netns a type veth peer name eth0 netns b
ip -n a addr add 10.0.0.1/24 dev eth0
ip -n b addr add 10.0.0.2/24 dev eth0
for n in a b; do ip -n $n link set lo up; ip -n $n link set eth0 up; done

ip netns exec b python3 -m http.server 80 >/dev/null 2>&1 &
sleep 1
ip netns exec a curl -s -o /dev/null -w '%{http_code}\n' http://10.0.0.2/
for o in tcp_timestamps tcp_sack tcp_window_scaling; do
	ip netns exec a sysctl -qw net.ipv4.$o=0
	ip netns exec a curl -s -o /dev/null -w '%{http_code}\n' http://10.0.0.2/
done
ip netns exec b sysctl -qw net.ipv4.ip_default_ttl=3
ip netns exec a ip link set eth0 mtu 600
ip netns exec a curl -s -o /dev/null -w '%{http_code}\n' http://10.0.0.2/
