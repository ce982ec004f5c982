#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The number of a namespace outlives the cable that it was given for.

ip netns add a
ip link add eth1 type veth peer name eth0 netns a
ip netns
ip link del eth1
ip netns
ip link show eth1   #: expect status 1
ip link add eth2 type veth peer name eth0 netns a
ip netns exec a ip netns
