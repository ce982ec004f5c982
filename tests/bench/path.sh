# SPDX-License-Identifier: GPL-2.0-or-later
# The benchmark's path: a host, a bridge, a router that masquerades, a bridge, a host. Runs in pktwalk and under bash.
for n in a sw1 r sw2 b; do ip netns add $n; ip -n $n link set lo up; done
ip -n sw1 link add br0 type bridge mcast_snooping 0
ip -n sw2 link add br0 type bridge mcast_snooping 0
ip link add eth0 netns a type veth peer name p1 netns sw1
ip link add eth0 netns r type veth peer name p2 netns sw1
ip link add eth1 netns r type veth peer name p1 netns sw2
ip link add eth0 netns b type veth peer name p2 netns sw2
for n in sw1 sw2; do
	ip -n $n link set br0 up
	for p in p1 p2; do ip -n $n link set $p master br0; ip -n $n link set $p up; done
done
ip -n a addr add 10.0.1.2/24 dev eth0
ip -n r addr add 10.0.1.1/24 dev eth0
ip -n r addr add 10.0.2.1/24 dev eth1
ip -n b addr add 10.0.2.2/24 dev eth0
for n in a r b; do ip -n $n link set eth0 up; done
ip -n r link set eth1 up
ip -n a route add default via 10.0.1.1
ip netns exec r sysctl -qw net.ipv4.ip_forward=1
ip netns exec r iptables -t nat -A POSTROUTING -s 10.0.1.0/24 -o eth1 -j MASQUERADE
ip netns exec a ping -c 1 -q 10.0.2.2 >/dev/null
