#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# 0. Process namespaces. A container is a process that sees less: its own PID namespace, in which it is PID 1 and
# alone, and its own network namespace. Outside it is a process like any other, with an ordinary PID.

ip netns add red
ip -n red link set lo up

# The "container": a web server, first process of a new PID namespace, inside the network namespace red.
ip netns exec red unshare --pid --fork --mount-proc python3 -m http.server 80 >/dev/null 2>&1 &
sleep 1

# Outside: an ordinary PID, beside everything else that runs on the host.
ps aux

# Inside of such a namespace, ps sees itself as PID 1, and nothing else.
ip netns exec red unshare --pid --fork --mount-proc ps aux

# It listens in red, and only there.
ip netns exec red curl -s -o /dev/null -w '%{http_code}\n' http://127.0.0.1/
curl -s http://127.0.0.1/   #: expect status 7
kill $!
