#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# One command that sets a device up and gives it a bridge: it is up before it is a port.

ip link add br0 type bridge mcast_snooping 0
ip link set br0 up
ip link add v0 type veth peer name v1
ip link set v1 up
ip link set v0 master br0 up
ip link set v0 nomaster down
ip link set v0 down master br0
ip link set v0 up nomaster arp off
bridge fdb show br br0
bridge link
