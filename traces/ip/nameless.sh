#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The other end of a cable is in a namespace that has lost its name, and is not gone: a process is in it.

ip netns add a
ip netns add b
ip link add eth0 netns a type veth peer name eth0 netns b
ip -n a link set eth0 up
ip -n b link set eth0 up
ip -n a link show eth0
ip netns exec b nc -l -p 5000 &
sleep 0.1
ip netns del b
ip -n a link show eth0   #: expect output "link-netnsid 0"
kill $!
sleep 0.1
ip -n a link show eth0   #: expect status 1
