#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A topology like that of path.sh in Open Virtual Network: two switches, a router with NAT. Serves it in directory $1,
# then runs "$2..." in it, with SB naming the database and FLOW the packet for ovn-trace; ends all that it began.
set -eu
dir=$1
shift
schemas=${OVN_SCHEMAS:-/usr/share/ovn}
cd "$dir"
export OVS_RUNDIR=$dir OVN_RUNDIR=$dir OVS_LOGDIR=$dir OVN_LOGDIR=$dir
pids=
end() { for p in $pids; do kill "$p" 2>/dev/null || true; done; }
trap end EXIT
for db in nb sb; do
	ovsdb-tool create $db.db "$schemas/ovn-$db.ovsschema"
	ovsdb-server $db.db --remote=punix:"$dir/$db.sock" --unixctl="$dir/$db.ctl" >$db.log 2>&1 &
	pids="$pids $!"
done
for _ in 1 2 3 4 5 6 7 8 9 10; do [ -S nb.sock ] && [ -S sb.sock ] && break; sleep 0.2; done
ovn-northd --ovnnb-db=unix:"$dir/nb.sock" --ovnsb-db=unix:"$dir/sb.sock" --unixctl="$dir/northd.ctl" >northd.log 2>&1 &
pids="$pids $!"
nb() { ovn-nbctl --timeout=30 --db=unix:"$dir/nb.sock" "$@"; }
nb ls-add s1 -- ls-add s2 -- lr-add r -- set logical_router r options:chassis=here
for n in 1 2; do
	nb lrp-add r r$n 00:00:00:00:0$n:01 10.0.$n.1/24 -- lsp-add s$n s$n-r -- lsp-set-type s$n-r router \
		-- lsp-set-addresses s$n-r router -- lsp-set-options s$n-r router-port=r$n \
		-- lsp-add s$n h$n -- lsp-set-addresses h$n "00:00:00:00:0$n:02 10.0.$n.2"
done
nb --wait=sb lr-nat-add r snat 10.0.2.1 10.0.1.0/24
export SB=unix:$dir/sb.sock
export FLOW='inport == "h1" && eth.src == 00:00:00:00:01:02 && eth.dst == 00:00:00:00:01:01 && ip4.src == 10.0.1.2 &&
	ip4.dst == 10.0.2.2 && ip.ttl == 64 && icmp4.type == 8'
"$@"
