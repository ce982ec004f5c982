#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Bad input, end to end: a clear error at its place or the real tool's words, the right status, no crash, no hang.
. "$(dirname "$0")/lib.sh"
cd "$scratch" || exit 2
# case NAME STATUS REGEX: the lab is lab.sh; REGEX must match a line of stdout and stderr together.
case_() {
	local name=$1 want=$2 re=$3
	shift 3
	timeout 60 "$pktwalk" "$@" >out 2>&1 </dev/null
	local rc=$?
	if [ $rc != "$want" ]; then fail "bad/$name" "status $rc, not $want" out 8
	elif ! grep -qE -- "$re" out; then fail "bad/$name" "no line matches: $re" out 8
	else ok "bad/$name"; fi
}
lab() { cat >lab.sh; }

case_ no-arguments 2 "what to do"
case_ no-lab 2 "run wants one lab" run
case_ two-labs 2 "run wants one lab" run a.sh b.sh
case_ unknown-subcommand 2 "unknown command 'fly'" fly lab.sh
case_ unknown-option 2 "unrecognized option|--help" run --frobnicate lab.sh
case_ no-such-file 2 "^nosuch.sh: No such file or directory" run nosuch.sh
mkdir -p dir
case_ directory 2 "^dir: Is a directory" run dir
: >empty.sh
case_ empty 0 "0 commands" run empty.sh
head -c 104857600 /dev/zero | tr '\0' '#' >big.sh
case_ hundred-megabytes 2 "^big.sh: larger than a lab may be" run big.sh
rm -f big.sh
head -c 20000 /bin/sh >junk.sh
case_ binary-junk 2 "^junk.sh:[0-9]+:[0-9]+: " run junk.sh
printf 'ip netns add a\ncat <<END\nnever ended\n' >lab.sh
case_ here-document 2 "^lab.sh:2:[0-9]+: .*here-document" run lab.sh
printf "ip netns add 'a\n" >lab.sh
case_ quote 2 "^lab.sh:1:[0-9]+: .*quot" run lab.sh
printf 'ip netns add a\n  frobnicate a\n' >lab.sh
case_ unknown-command 2 "^lab.sh:2:3: .*frobnicate" run lab.sh
printf 'ip netns add a | cat\n' >lab.sh
case_ pipe 2 "^lab.sh:1:[0-9]+: not modelled: .*pipe" run lab.sh
printf 'ip link add v type vlan id 5\n' >lab.sh
case_ not-modelled-kind 2 "^lab.sh:1:[0-9]+: not modelled: .*vlan" run lab.sh
printf 'ip addr add 10.0.0.999/24 dev lo\n' >lab.sh
case_ malformed-address 1 'Error: any valid prefix is expected rather than "10.0.0.999/24"' run lab.sh
printf 'ip link set nosuch up\n' >lab.sh
case_ no-such-device 1 'Cannot find device "nosuch"' run lab.sh
printf 'ip link add name a-name-far-too-long type bridge\n' >lab.sh
case_ name-too-long 1 '"a-name-far-too-long".*not a valid ifname|"name" not a valid ifname|argument "a-name-far-too-long" is wrong' run lab.sh
printf 'ip netns add a\nip netns add a\n' >lab.sh
case_ two-namespaces-of-one-name 1 'Cannot create namespace file "/run/netns/a": File exists' run lab.sh
printf 'ip netns add a\nip netns exec nosuch ip link\n' >lab.sh
case_ no-such-namespace 1 'Cannot open network namespace "nosuch": No such file or directory' run lab.sh
printf 'ip link add name 1234567890123456 type bridge\n' >lab.sh
case_ name-of-16 1 'Error: argument "1234567890123456" is wrong: "name" not a valid ifname' run lab.sh
printf 'ip netns add %s\n' "$(printf 'x%.0s' {1..256})" >lab.sh
case_ namespace-name-too-long 1 'Invalid netns name "xx+"' run lab.sh
printf 'ip netns add a/b\n' >lab.sh
case_ namespace-name-with-slash 1 'Invalid netns name "a/b"' run lab.sh
printf 'ip link set lo up mtu\n' >lab.sh
case_ value-missing 1 'Command line is not complete. Try option "help"' run lab.sh
printf 'ip link set lo frobnicate\n' >lab.sh
case_ unknown-word 1 'Error: either "dev" is duplicate, or "frobnicate" is a garbage' run lab.sh
printf 'ip netns add a\nset -x\n' >lab.sh
case_ set-x 2 "^lab.sh:2:5: not modelled: set -x" parse lab.sh
printf 'ip netns add a\nip link > file\n' >lab.sh
case_ output-to-a-file 2 "^lab.sh:2:9: not modelled: output to a file" parse lab.sh
printf 'ip netns add a\ncat < file\n' >lab.sh
case_ input-from-a-file 2 "^lab.sh:2:5: not modelled: input from a file" parse lab.sh
printf 'ip netns add a\necho 1 > /proc/sys/net/ipv4/nosuch\n' >lab.sh
case_ unknown-proc-file 2 "^lab.sh:2:8: not modelled: writing to /proc/sys/net/ipv4/nosuch" parse lab.sh
printf 'ip netns add a\0b\n' >lab.sh
case_ zero-byte 2 "^lab.sh:1:15: " run lab.sh
printf 'ip netns add a\r\n' >lab.sh
case_ carriage-return 2 "^lab.sh:1:15: " run lab.sh
head -c 300000 /dev/zero | tr '\0' x >lab.sh
case_ one-long-word 2 "^lab.sh:1:1: not modelled: the command 'x+" run lab.sh
for i in $(seq 40); do printf 'for i in 1; do '; done >lab.sh
case_ loops-too-deep 2 "^lab.sh:1:[0-9]+: .*deep" run lab.sh
{ printf 'A="%s"\n' "$(seq -s ' ' 2000)"; echo 'for i in $A; do for j in $A; do : $A $A; done; done'; } >lab.sh
case_ words-without-end 2 "^lab.sh:2:[0-9]+: the (lab's words|commands and what they print) come to more than" run -q lab.sh
printf 'ip link set lo up\nnc -l 80\n' >lab.sh
case_ never-ends 2 "^lab.sh:2:1: this never ends" run lab.sh
printf 'for i in 1 2 3; do\n' >lab.sh
case_ for-without-done 2 "^lab.sh:[12]:[0-9]+: " run lab.sh
printf '#: expect nonsense\nip netns add a\n' >lab.sh
case_ unknown-expectation 2 "^lab.sh:1:[0-9]+: " run lab.sh
printf 'ip netns add a #: expect fail\n' >lab.sh
case_ expectation-not-met 1 "expected" run lab.sh
lab <<'END'
sysctl -qw net.ipv4.ip_forward=1
for n in r1 r2 h; do ip netns add $n; ip netns exec $n sysctl -qw net.ipv4.ip_forward=1; done
ip link add e1 netns r1 type veth peer name e2 netns r2
ip -n r1 addr add 10.0.0.1/24 dev e1; ip -n r2 addr add 10.0.0.2/24 dev e2
ip -n r1 link set e1 up; ip -n r2 link set e2 up; ip -n r1 link set lo up
ip -n r1 route add 9.9.9.9 via 10.0.0.2; ip -n r2 route add 9.9.9.9 via 10.0.0.1
ip link add e0 netns h type veth peer name e3 netns r1
ip -n h addr add 10.0.1.2/24 dev e0; ip -n r1 addr add 10.0.1.1/24 dev e3
ip -n h link set e0 up; ip -n r1 link set e3 up
ip -n h route add default via 10.0.1.1; ip -n r2 route add 10.0.1.0/24 via 10.0.0.1
ip netns exec h ping -c 1 -W 1 9.9.9.9 #: expect fail
END
case_ forwarding-loop 0 "[Tt]ime to live exceeded" run lab.sh
lab <<'END'
ip link add b0 type bridge; ip link add b1 type bridge
ip link add x0 type veth peer name x1; ip link add y0 type veth peer name y1
ip link set x0 master b0; ip link set x1 master b1; ip link set y0 master b0; ip link set y1 master b1
for d in x0 x1 y0 y1 b0 b1; do ip link set $d up; done
ip addr add 10.0.0.1/24 dev b0
ping -c 1 -W 1 10.0.0.9 #: expect fail
END
case_ bridge-storm 0 "a storm: packets went round without end" run -q lab.sh
printf 'ip netns\n' >lab.sh
if [ -e /dev/full ]; then
	"$pktwalk" run lab.sh >/dev/full 2>err; rc=$?
	if [ $rc != 0 ] && grep -q "No space left" err; then ok bad/full-disk; else fail bad/full-disk "status $rc" err; fi
	"$pktwalk" parse lab.sh >/dev/full 2>err; rc=$?
	if [ $rc != 0 ] && grep -q "No space left" err; then ok bad/full-disk-parse; else fail bad/full-disk-parse "status $rc" err; fi
	case_ full-disk-pcapng 2 "/dev/full: No space left" run --pcapng /dev/full lab.sh
fi
case_ compare-without-capture 2 "needs --capture" compare lab.sh
case_ capture-syntax 2 "wants NS:DEV=FILE" compare lab.sh --capture nonsense
if [ "${KERNEL:-1}" = 0 ]; then skip bad/capture-files "built without kernel mode, which reads them"; exit 0; fi
case_ capture-no-file 2 "nosuch.pcap" compare lab.sh --capture host:lo=nosuch.pcap
cp junk.sh junk.pcap
case_ capture-junk 2 "junk.pcap.*not a" compare lab.sh --capture host:lo=junk.pcap
exit 0
