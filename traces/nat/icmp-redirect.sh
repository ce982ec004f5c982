#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Translated on the way in, a packet goes back where it came from, and the router would tell of the shorter way: an ICMP
# redirect of a flow that is translated is thrown away (nf_nat_icmp_reply_translation()).
for n in a r; do ip netns add $n; done
ip link add eth0 netns a type veth peer name eth0 netns r
ip -n a addr add 10.0.0.2/24 dev eth0
ip -n r addr add 10.0.0.1/24 dev eth0
for n in a r; do ip -n $n link set eth0 up; done
ip netns exec r sysctl -qw net.ipv4.ip_forward=1
ip netns exec r iptables -t nat -A PREROUTING -p icmp -j DNAT --to-destination 10.0.0.3
ip -n r neigh add 10.0.0.3 lladdr 02:00:00:00:00:03 dev eth0
ip netns exec a ping -n -c 1 -W 0.3 10.0.0.1   #: expect fail
