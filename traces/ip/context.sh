#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A program's fragments arrive one by one: the softirq that receives runs behind each packet that leaves in process
# context. So b's address is known before the second fragment leaves, and none but the first waits for it. The fragments
# of the answer leave inside of that softirq: all of them before any is received. There they wait together, which is more
# than the queue holds.

for n in a b; do ip netns add $n; ip -n $n link set lo up; done
ip link add eth0 netns a type veth peer name eth0 netns b
ip -n a addr add 10.0.0.1/24 dev eth0
ip -n b addr add 10.0.0.2/24 dev eth0
for n in a b; do
	ip -n $n link set eth0 up
	ip netns exec $n sysctl -qw net.ipv4.neigh.eth0.unres_qlen_bytes=5000
done

ip netns exec a ping -n -c 1 -W 0.5 -s 5000 10.0.0.2
ip -n b neigh del 10.0.0.1 dev eth0
ip netns exec a ping -n -c 1 -W 0.5 -s 5000 10.0.0.2   #: expect fail
ip netns exec a ping -n -c 1 -W 0.5 -s 5000 10.0.0.2
