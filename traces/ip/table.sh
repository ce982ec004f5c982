#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A routing table is there from the first route on, even one that was refused, and stays when it is empty. Of the
# table main alone `ip route show` does not say that it is not there; `ip route flush` does.

ip netns add a
ip -n a route show table main
ip -n a route show table local        #: expect status 2, output "FIB table does not exist"
ip -n a route flush 10.0.0.0/24       #: expect status 2, output "Flush terminated"
ip netns exec a route -n              #: expect status 1
ip link add eth0 netns a type veth
ip -n a addr add 192.168.15.1/24 dev eth0
ip -n a addr del 192.168.15.1/24 dev eth0
ip -n a route show table local
ip -n a route flush 10.0.0.0/24
ip -n a route show table 7            #: expect status 2
ip -n a route add 10.0.0.0/24 via 10.9.9.9 table 7   #: expect status 2
ip -n a route show table 7
