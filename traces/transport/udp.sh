#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# UDP both ways: the listener takes the first sender for its partner. When nobody listens the kernel says port
# unreachable, and the sender learns of it when it next uses its socket.

for n in a b; do ip netns add $n; done
ip link add eth0 netns a type veth peer name eth0 netns b
ip -n a addr add 10.0.0.1/24 dev eth0
ip -n b addr add 10.0.0.2/24 dev eth0
for n in a b; do ip -n $n link set lo up; ip -n $n link set eth0 up; done

ip netns exec b nc -u -l -p 5000 <<X >/dev/null &
from b
X
sleep 0.4
ip netns exec a nc -u -w 1 10.0.0.2 5000 <<X
from a
X
kill $!

# A closed port.
ip netns exec a nc -u -z -v -w 1 10.0.0.2 5001   #: expect status 1

# Longer than the MTU: fragments, put together before UDP sees them. Over lo nothing is cut.
ip netns exec b nc -u -l -p 5002 >/dev/null &
sleep 0.3
ip netns exec a nc -u -w 1 10.0.0.2 5002 <<X
short
X
kill $!
