#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# An entry that is made by hand in the state DELAY does not wait: it was never confirmed, so it is probed at once,
# also where the time to wait for a confirmation is just as long as what counts as long ago.

ip netns add a
ip netns add b
ip link add eth0 netns a type veth peer name eth0 netns b
ip -n a addr add 10.0.0.1/24 dev eth0
ip -n b addr add 10.0.0.2/24 dev eth0
ip netns exec a sysctl -qw net.ipv4.neigh.eth0.delay_first_probe_time=60
ip -n a link set eth0 up
ip -n b link set eth0 up
ip -n a neigh add 10.0.0.2 lladdr 02:00:00:00:00:02 nud delay dev eth0
sleep 0.3
ip -n a neigh
