#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# curl to a web server, through a router. A name that the server does not know, a port that is closed, and a server
# that is stopped.

for n in a r b; do ip netns add $n; done
ip link add eth0 netns a type veth peer name eth0 netns r
ip link add eth0 netns b type veth peer name eth1 netns r
ip -n a addr add 10.0.1.2/24 dev eth0
ip -n r addr add 10.0.1.1/24 dev eth0
ip -n r addr add 10.0.2.1/24 dev eth1
ip -n b addr add 10.0.2.2/24 dev eth0
for n in a r b; do ip -n $n link set lo up; ip -n $n link set eth0 up; done
ip -n r link set eth1 up
ip -n a route add default via 10.0.1.1
ip -n b route add default via 10.0.2.1
ip netns exec r sysctl -qw net.ipv4.ip_forward=1

ip netns exec b python3 -m http.server 8000 >/dev/null 2>&1 &
sleep 1
ip netns exec a curl -s -o /dev/null -w '%{http_code}\n' http://10.0.2.2:8000/
ip netns exec a curl -s -o /dev/null -w '%{http_code}\n' http://10.0.2.2:8000/none   #: expect ok, output "404"
ip netns exec a curl -s -o /dev/null http://10.0.2.2:8001/   #: expect status 7
ip netns exec b curl -s -o /dev/null -w '%{http_code}\n' http://127.0.0.1:8000/
ip netns exec b curl -s -o /dev/null -w '%{http_code}\n' http://10.0.2.2:8000/
kill $!
ip netns exec a curl -s -o /dev/null http://10.0.2.2:8000/   #: expect status 7
