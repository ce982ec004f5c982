#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The entry of a bridge's own address: a bridge that is made with an address gets it twice. Its ports say nothing when
# it gets another name.

ip link add br0 address 02:00:00:00:00:01 type bridge mcast_snooping 0
ip link add br1 type bridge mcast_snooping 0
ip link set br1 address 02:00:00:00:00:02
ip link set br1 address 02:00:00:00:00:02
ip link add v0 type veth peer name v1
ip link set v0 master br0
ip link set v0 up
ip link set br0 name lan0
ip link set v1 up
ip link show master lan0
bridge fdb show br lan0
