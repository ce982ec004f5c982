#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# There is no route for the reset that REJECT answers with: it is thrown away without a reason (nf_send_reset()).

ip netns add a
ip netns add b
ip link add eth0 netns a type veth peer name eth0 netns b
ip -n a addr add 10.0.0.1/24 dev eth0
ip -n b addr add 10.0.0.2/32 dev eth0
ip -n a link set eth0 up
ip -n b link set eth0 up
ip -n b link set lo up
ip netns exec b iptables -A INPUT -p tcp -j REJECT --reject-with tcp-reset
ip netns exec a nc -z -w 2 10.0.0.2 5000   #: expect fail
