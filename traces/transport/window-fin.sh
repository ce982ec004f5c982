#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Without window scaling the window that is offered shows single bytes. A FIN takes a sequence number of it, and room in
# the receive buffer until it is read: on lo, where a window is as large as the buffer, it becomes smaller by one. Of a
# connection that its program has closed only the window is kept (tw_rcv_wnd): the peer's FIN does not make that smaller.

ip netns add a
ip netns add b
ip link add eth0 netns a type veth peer name eth0 netns b
ip -n a addr add 10.0.0.1/24 dev eth0
ip -n b addr add 10.0.0.2/24 dev eth0
ip -n a link set eth0 up
ip -n b link set eth0 up
ip -n b link set lo up
for n in a b; do ip netns exec $n sysctl -qw net.ipv4.tcp_window_scaling=0; done

ip netns exec b nc -l -k -p 5000 >/dev/null &
sleep 0.3
ip netns exec b nc -N 10.0.0.2 5000 <<X
from the client
X
ip netns exec a nc 10.0.0.2 5000 >/dev/null <<X &
the first one
X
first=$!
sleep 0.3
ip netns exec a nc -z 10.0.0.2 5000
sleep 0.3
kill $first
sleep 0.3
