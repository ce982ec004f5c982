#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Not with the real tools in a sandbox: nginx need not be installed.
# What leaves through a broadcast route goes to the MAC that the neighbour's entry has, and a copy of it comes back to this
# host itself. TCP throws the copies away, acknowledgements too; the connection works.

ip netns add a
ip netns add b
ip link add eth0 netns a type veth peer name eth0 netns b
ip -n a link set eth0 up
ip -n b link set eth0 up
ip -n a addr add 10.0.0.1/24 dev eth0
ip -n b addr add 10.0.0.2/24 dev eth0
ip netns exec b nginx -g 'daemon off;' &
sleep 0.3
ip netns exec a ping -n -c 1 -W 0.5 10.0.0.2
ip -n b route add broadcast 10.0.0.0/24 dev eth0
ip netns exec a curl -s -m 0.5 -o /dev/null http://10.0.0.2/
