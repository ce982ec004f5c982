#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# iptables -Z replaces each rule that has counted anything by one that has not: its limit begins anew. One that has
# counted nothing stays as it is: here its limit was used up by packets that its mark did not match.

iptables -A INPUT -p icmp --icmp-type echo-request -m limit --limit 1/hour --limit-burst 2 -m mark --mark 7 -j DROP
iptables -A INPUT -p icmp --icmp-type echo-request -m limit --limit 1/hour --limit-burst 2 -j ACCEPT
iptables -A INPUT -p icmp --icmp-type echo-request -j DROP
ping -n -c 3 -i 0.01 -W 0.1 127.0.0.1   #: expect output "2 received"
ping -n -c 1 -W 0.1 127.0.0.1   #: expect fail
iptables -Z
iptables -t mangle -A OUTPUT -p icmp -j MARK --set-mark 7
ping -n -c 3 -i 0.01 -W 0.1 127.0.0.1   #: expect output "2 received"
iptables -Z INPUT 2
ping -n -c 3 -i 0.01 -W 0.1 127.0.0.1   #: expect output "2 received"
iptables -nvxL INPUT
