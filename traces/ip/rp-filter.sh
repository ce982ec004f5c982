#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The reverse path filter takes a packet only if the way back to its source leads out of the device that it came in
# by (1, strict), or if there is any way back (2, loose).

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

# a also speaks as 10.5.0.1, which the router knows no way to, and as 10.6.0.1, for which its way is eth1.
ip -n a addr add 10.5.0.1/32 dev lo
ip -n a addr add 10.6.0.1/32 dev lo
ip -n r route add 10.6.0.0/16 via 10.0.2.2
ip -n b route add blackhole 10.6.0.0/16
for f in 0 1 2; do
	ip netns exec r sysctl -qw net.ipv4.conf.eth0.rp_filter=$f
	ip netns exec a ping -n -c 1 10.0.2.2
	! ip netns exec a ping -n -c 1 -W 0.5 -I 10.5.0.1 10.0.2.2
	! ip netns exec a ping -n -c 1 -W 0.5 -I 10.6.0.1 10.0.2.2
done

# The higher of all and the device counts.
ip netns exec r sysctl -qw net.ipv4.conf.eth0.rp_filter=0
ip netns exec r sysctl -qw net.ipv4.conf.all.rp_filter=1
! ip netns exec a ping -n -c 1 -W 0.5 -I 10.6.0.1 10.0.2.2
