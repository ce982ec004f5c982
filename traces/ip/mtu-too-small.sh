#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A route may say an MTU that is too small for IP: then what this host sends along it is refused before there is a packet
# (ip_setup_cork()), and ping says nothing of it but the loss. With 68 it is cut to pieces.

for n in a b; do ip netns add $n; done
ip link add eth0 netns a type veth peer name eth0 netns b
ip -n a addr add 10.0.0.1/24 dev eth0
ip -n b addr add 10.0.0.2/24 dev eth0
for n in a b; do ip -n $n link set eth0 up; done
ip -n a route add 10.0.0.2 dev eth0 mtu 25
ip netns exec a ping -c 1 -W 0.5 -s 100 10.0.0.2    #: expect fail
ip -n a route replace 10.0.0.2 dev eth0 mtu 67
ip netns exec a ping -c 1 -W 0.5 10.0.0.2    #: expect fail
ip -n a route replace 10.0.0.2 dev eth0 mtu 68
ip netns exec a ping -c 1 -W 0.5 -s 100 10.0.0.2
