#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Up to 65536 bytes cross lo in one piece; a datagram that is larger than any can be is refused.

ip addr add 10.0.0.1/32 dev lo
ping -n -c 1 -s 20000 10.0.0.1
ping -n -c 1 -s 65507 127.0.0.1
ping -n -c 1 -W 0.5 -s 65508 127.0.0.1   #: expect fail, output "message too long"
ip link set lo mtu 1500
ping -n -c 1 -s 20000 10.0.0.1
