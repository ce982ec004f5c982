#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ip_no_pmtu_disc is a byte. With 2 no "fragmentation needed" is heard, with 3 only about TCP; with any other but 0 it
# is heard without the MTU that it tells of, and the least one there is (min_pmtu) is learned.

for n in a r b; do ip netns add $n; done
ip link add ra netns r type veth peer name eth0 netns a
ip link add rb netns r type veth peer name eth0 netns b
ip -n r link set ra up
ip -n r link set rb up
ip -n a link set eth0 up
ip -n b link set eth0 up
ip -n r link set rb mtu 1000
ip -n a addr add 10.0.1.2/24 dev eth0
ip -n r addr add 10.0.1.1/24 dev ra
ip -n r addr add 10.0.2.1/24 dev rb
ip -n b addr add 10.0.2.2/24 dev eth0
ip -n a route add default via 10.0.1.1
ip -n b route add default via 10.0.2.1
ip netns exec r sysctl -qw net.ipv4.ip_forward=1
for v in 0 1 2 3 4 255; do
	ip netns exec a sysctl -w net.ipv4.ip_no_pmtu_disc=$v
	ip netns exec a ping -n -c 1 -W 0.1 -M do -s 1200 10.0.2.2   #: expect fail
	ip -n a route get 10.0.2.2
	ip -n a route flush cache
done
ip netns exec a sysctl -w net.ipv4.ip_no_pmtu_disc=256   #: expect fail
