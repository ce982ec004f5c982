#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# An error that this host sends itself comes in by lo, so a ping that is bound to a device does not get it, not even
# when address translation makes it look like one from the host that was asked for (raw_icmp_error()). One from a router
# comes in by that device.

for n in a r; do ip netns add $n; done
ip link add eth0 address 02:00:00:00:00:0a netns a type veth peer name eth0 address 02:00:00:00:00:0b netns r
ip -n a addr add 10.0.0.1/24 dev eth0
ip -n r addr add 10.0.0.2/24 dev eth0
for n in a r; do ip -n $n link set lo up; ip -n $n link set eth0 up; done
ip -n a route add default via 10.0.0.2
ip netns exec r sysctl -qw net.ipv4.ip_forward=1
ip netns exec a ping -n -c 1 -W 4 -I eth0 10.0.0.7      #: expect fail
ip netns exec a iptables -t nat -A OUTPUT -d 10.0.0.8 -j DNAT --to-destination 10.0.0.7
ip netns exec a ping -n -c 1 -W 4 -I eth0 10.0.0.8      #: expect fail
ip netns exec a ping -n -c 1 -W 4 10.0.0.8              #: expect fail
ip netns exec a ping -n -c 1 -W 4 -I eth0 10.9.0.1      #: expect fail
