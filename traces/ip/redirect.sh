#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# a sends everything to the first router, although the way to 10.9.0.0/16 is through the second one on the same wire.
# The first passes it on, and tells a of the better way.

for n in a r s; do ip netns add $n; done
ip link add br0 type bridge mcast_snooping 0
ip link set br0 up
for n in a r s; do
	ip link add v$n type veth peer name eth0 netns $n
	ip link set v$n master br0
	ip link set v$n up
	ip -n $n link set lo up
	ip -n $n link set eth0 up
done
ip -n a addr add 10.0.0.1/24 dev eth0
ip -n r addr add 10.0.0.2/24 dev eth0
ip -n s addr add 10.0.0.3/24 dev eth0
ip -n s addr add 10.9.0.1/32 dev lo
ip netns exec r sysctl -qw net.ipv4.ip_forward=1
ip -n r route add 10.9.0.0/16 via 10.0.0.3
ip -n a route add default via 10.0.0.2

# The first time a asks for the MAC address of the better gateway, the second time it takes it.
for i in 1 2 3; do
	ip netns exec a ping -n -c 1 10.9.0.1
	sleep 0.3
done

# A router that does not say so.
ip netns exec r sysctl -qw net.ipv4.conf.all.send_redirects=0 net.ipv4.conf.eth0.send_redirects=0
ip -n a route flush cache
ip netns exec a ping -n -c 1 10.9.0.1

# And a host that does not listen.
sleep 0.3
ip netns exec r sysctl -qw net.ipv4.conf.all.send_redirects=1
ip netns exec a sysctl -qw net.ipv4.conf.all.accept_redirects=0 net.ipv4.conf.eth0.accept_redirects=0
ip netns exec a ping -n -c 2 -i 0.4 10.9.0.1
