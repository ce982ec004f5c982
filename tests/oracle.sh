#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The tool oracle: every lab, command by command, under bash with the real tools in a private sandbox; status and
# output of each are compared with the model's.
. "$(dirname "$0")/lib.sh"
cd "$top" || exit 2
for t in ip iptables ping sysctl bridge; do
	command -v $t >/dev/null || { skip oracle "the real $t is not installed"; exit 0; }
done
can_unshare || { skip oracle "namespaces can not be made here"; exit 0; }
cp -L "$pktwalk" "$scratch/pktwalk"
# A lab that a sandbox of this machine can not be like says why, in a comment.
for l in ${*:-$(labs)}; do
	why=$(sed -n 's/^# Not with the real tools in a sandbox: //p' "$l")
	if [ -n "$why" ]; then skip "oracle/$l" "$why"; else echo "$l" >>"$scratch/list"; fi
done
[ -e "$scratch/list" ] || exit 0
PKTWALK="$scratch/pktwalk" python3 tests/oracle.py -j "$(($(nproc) * 2))" $(cat "$scratch/list")
exit 0
