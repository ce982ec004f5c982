#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Datagrams of 64 KiB, and ICMP errors between the same addresses, are thrown away on lo in turns. Of the former the
# kernel's tracepoint has the IP header at hand alone: each is the one that is next in the model.

ip netns add r
ip -n r link set lo up
ip netns exec r iptables -I OUTPUT -j REJECT
ip netns exec r ping -c 2 -W 0.5 -s 65507 127.0.0.1   #: expect fail
