#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A new namespace begins with net.ipv4.conf.all and default as the host has them just then, not with the kernel's own
# defaults: with a host that forwards it forwards too.
# Not with the real tools in a sandbox: the kernel takes them from the machine's own namespace, which is not the lab's host there.

ip netns add before
sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.default.rp_filter=2 net.ipv4.conf.all.send_redirects=0
ip netns add a
for n in before a; do
	ip netns exec $n sysctl net.ipv4.ip_forward net.ipv4.conf.all.send_redirects net.ipv4.conf.lo.rp_filter
done
ip netns exec a sysctl net.ipv4.conf.default.forwarding net.ipv4.conf.lo.forwarding net.ipv4.conf.all.accept_redirects

# Of others nothing is inherited.
ip netns exec a sysctl -qw net.ipv4.conf.all.rp_filter=1
ip netns add b
ip netns exec b sysctl net.ipv4.conf.all.rp_filter   #: expect ok, output "= 0"
