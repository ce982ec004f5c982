#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Not with the real tools in a sandbox: nginx need not be installed.
# A segment that a device of the sender's own host throws away (the MTU of the veth peer is too small) was never sent: it
# is tried again like a probe of a closed window, but every half second, and not more and more seldom.

ip netns add a
ip netns add b
ip link add eth0 netns a type veth peer name eth0 netns b
ip -n a link set eth0 up
ip -n b link set eth0 up
ip -n a addr add 10.0.0.1/24 dev eth0
ip -n b addr add 10.0.0.2/24 dev eth0
ip netns exec b nginx -g 'daemon off;' &
sleep 0.3
ip -n b link set eth0 mtu 68
ip netns exec a curl -s -m 2.1 -o /dev/null http://10.0.0.2/   #: expect fail
