#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A listener that ends resets the connections that nobody has accepted, one by one, and tells them the window all the same.

ip netns add a
ip -n a link set lo up
ip netns exec a nc -l -p 80 >/dev/null &
sleep 0.3
ip netns exec a nc -d 127.0.0.1 80 >/dev/null &
sleep 0.2
ip netns exec a nc -d 127.0.0.1 80 >/dev/null &
sleep 0.2
ip netns exec a nc -d 127.0.0.1 80 >/dev/null &
sleep 0.2
kill %1
sleep 0.3
