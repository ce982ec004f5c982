#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A packet whose destination is translated in OUTPUT is routed once more, and as its socket is bound to a device, by that
# device still (ip_route_me_harder()): 127.0.0.1 is an address of lo, so from here it is one on the link, which is asked
# for and does not answer. Without -I it is this host.
ip netns add a
ip link add eth0 type veth peer name eth0 netns a
ip addr add 10.0.1.1/24 dev eth0
ip link set eth0 up
ip -n a addr add 10.0.1.2/24 dev eth0
ip -n a link set eth0 up
iptables -t nat -A OUTPUT -p icmp -d 10.0.1.2 -j REDIRECT
#: expect fail
ping -c 1 -W 4 -I eth0 10.0.1.2
ping -c 1 10.0.1.2
# An address of the device's own is local from there too.
iptables -t nat -F OUTPUT
iptables -t nat -A OUTPUT -p icmp -d 10.0.1.2 -j DNAT --to-destination 10.0.1.1
ping -c 1 -I eth0 10.0.1.2
