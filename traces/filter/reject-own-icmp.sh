#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A rule that rejects what the stack itself sends as ICMP just drops it: while an ICMP message is being sent, no other
# is. One that rejects a program's echo request is answered.

ip netns add a
ip netns add b
ip link add eth0 netns a type veth peer name eth0 netns b
ip -n a addr add 10.0.0.1/24 dev eth0
ip -n b addr add 10.0.0.2/24 dev eth0
ip -n a link set eth0 up
ip -n b link set eth0 up
ip -n b link set lo up
ip netns exec a ping -n -c 1 10.0.0.2
ip netns exec b iptables -A OUTPUT -p icmp -j REJECT --reject-with icmp-net-unreachable
ip netns exec a ping -n -c 1 -W 0.5 10.0.0.2     #: expect fail
ip netns exec b ping -n -c 1 -W 0.5 10.0.0.1     #: expect fail
ip netns exec b iptables -nvL OUTPUT
