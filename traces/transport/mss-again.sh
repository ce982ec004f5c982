#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Not with the real tools in a sandbox: nginx need not be installed.
# The MTU of a device changes while a connection is being set up. What is sent again bears the MSS of the new MTU: a
# SYN when that is smaller, a SYN ACK always. The connection's segments are no longer than that.

ip netns add a
ip netns add b
ip link add eth0 netns a type veth peer name eth0 netns b
ip -n a link set eth0 up
ip -n b link set eth0 up
ip -n a addr add 10.0.0.1/24 dev eth0
ip -n b addr add 10.0.0.2/24 dev eth0
ip netns exec b nginx -g 'daemon off;' &
sleep 0.3

# what the client sends is lost
ip netns exec b iptables -A INPUT -p tcp --syn -j DROP
ip netns exec a curl -s -m 2 -o /dev/null http://10.0.0.2/ &
sleep 0.3
ip -n a link set eth0 mtu 576
ip netns exec b iptables -F INPUT
wait $!

# what the server sends is lost, and the client does not ask again
ip netns exec a iptables -A INPUT -p tcp --tcp-flags SYN,ACK SYN,ACK -j DROP
ip netns exec a curl -s -m 0.3 -o /dev/null http://10.0.0.2/   #: expect fail
ip -n b link set eth0 mtu 1000
sleep 1
