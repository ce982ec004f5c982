#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# An address becomes a broadcast address while there is a neighbour entry for it: an entry that is not valid goes, and
# what waits in it is told so at once; a valid one stays, and unicast frames go there.

ip netns add a
ip link add eth0 type veth peer name eth0 netns a
ip addr add 10.64.0.20/24 dev eth0
ip -n a addr add 10.64.0.21/24 dev eth0
ip link set eth0 up
ip -n a link set eth0 up

# FAILED
ping -n -c 1 -W 4 10.64.0.3 #: expect fail
ip neigh show
ip addr add 10.64.0.1/30 dev eth0
ip neigh show

# INCOMPLETE, a packet waits
ping -n -c 1 10.64.0.7 & #: expect fail
sleep 0.2
ip addr add 10.64.0.5/30 dev eth0
wait $! #: expect fail

# NONE, and a broadcast address by name
ip neigh add 10.64.0.15 nud none dev eth0
ip addr add 10.65.0.1/32 brd 10.64.0.15 dev eth0

# STALE, known
ip neigh add 10.64.0.11 lladdr 02:00:00:00:00:11 nud stale dev eth0
ip addr add 10.64.0.9/30 dev eth0
ip neigh show
ping -n -b -c 1 -W 0.3 10.64.0.11 #: expect fail
ping -n -b -c 1 -W 0.3 10.64.0.7 #: expect fail
