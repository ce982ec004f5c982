#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# nginx goes into the background by itself, and is there when the command returns.

for n in a b; do ip netns add $n; done
ip link add eth0 netns a type veth peer name eth0 netns b
ip -n a addr add 10.0.0.1/24 dev eth0
ip -n b addr add 10.0.0.2/24 dev eth0
for n in a b; do ip -n $n link set lo up; ip -n $n link set eth0 up; done

ip netns exec b nginx
ip netns exec a curl -s -o /dev/null -w '%{http_code}\n' http://10.0.0.2/
ip netns exec a curl -s -I http://10.0.0.2:81/   #: expect status 7
