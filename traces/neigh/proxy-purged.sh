#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Requests that a proxy has put off (proxy_delay) wait in one queue, and a device that goes down throws away all of the
# namespace's, not just its own.

for n in a r; do ip netns add $n; done
ip link add eth0 netns a type veth peer name eth0 netns r
ip link add eth1 netns r type veth peer name eth1
ip link add eth2 netns r type veth peer name eth2
ip -n a addr add 10.0.0.1/16 dev eth0
ip -n r addr add 10.0.0.254/24 dev eth0
ip -n r addr add 10.0.1.254/24 dev eth1
ip netns exec r sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.eth0.proxy_arp=1
ip netns exec r sysctl -qw net.ipv4.neigh.eth0.proxy_delay=1000000   # drawn anew for each, from 0 to 10,000 seconds
for d in eth1 eth2; do ip link set $d up; ip -n r link set $d up; done
for n in a r; do ip -n $n link set eth0 up; done

ip netns exec a ping -c 1 -W 0.5 10.0.1.1   #: expect fail
ip -n r link set eth2 down
