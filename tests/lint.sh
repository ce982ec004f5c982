#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Static checks: what may include what, licences, formatting, sizes, the lists that docs must keep in step with,
# and (when there) cppcheck, clang-tidy, and syntax of the scripts.
. "$(dirname "$0")/lib.sh"
cd "$top" || exit 2
check() { # NAME: fails when stdin has lines
	cat >"$scratch/found"
	if [ -s "$scratch/found" ]; then fail "lint/$1" "$(wc -l <"$scratch/found") finding(s)" "$scratch/found"; else ok "lint/$1"; fi
}
sources=$(ls model/*.[ch] sim/*.[ch] kernel/*.[ch] tests/*/*.[ch])
{
	grep -nE '#include "(sim|kernel)/' model/*.[ch]
	grep -nE '#include "kernel/' sim/*.[ch] | grep -v '^sim/main\.c:'
	grep -nE '#include "sim/' kernel/*.[ch]
	grep -nE '#include "[^/"]*"' model/*.[ch] sim/*.[ch] kernel/*.[ch] | sed 's/$/   (without its folder)/'
} | check include-rule
# model/ and sim/ (but for main.c) do without the operating system.
grep -nE '#include <(sys/|unistd|fcntl|net/|netinet|linux/|arpa/|time\.h|libmnl|libnftnl|pcap)' model/*.[ch] sim/*.[ch] |
	grep -v '^sim/main\.c:' | check no-system-in-the-model
grep -nE '\bexit\(' model/*.c sim/*.c kernel/*.c | grep -vE '^sim/main\.c:|_exit\(|[>.]exit\(|->exit' | check only-main-exits
for f in $sources model/*.def tests/*.sh tests/*.py Makefile .ci/run; do
	head -3 "$f" | grep -q 'SPDX-License-Identifier: GPL-2.0-or-later' || echo "$f: no SPDX line"
done | check spdx
wc -l model/*.[ch] sim/*.[ch] kernel/*.[ch] | awk '$2 != "total" && $1 > 1000 { print $2 ": " $1 " lines" }' | check file-size
awk 'FNR == 1 { start = 0 } /^\{/ { start = FNR; name = before } /^\}/ { if (start && FNR - start > 100) print FILENAME ":" start ": " FNR - start " lines: " name; start = 0 }
	!/^[ \t{}]/ && NF { before = $0 }' model/*.c sim/*.c kernel/*.c | check function-size
grep -nE 'TODO|FIXME|XXX' $sources | check unfinished
# Each drop reason, event kind and stage is in the docs that list them.
{
	sed -n 's/^DROP(\([A-Z_0-9]*\), "\([A-Z_]*\).*/\2 \1/p' model/drop.def | while read -r a b; do
		grep -q "${b:-$a}\|$a" docs/trace-format.md || echo "docs/trace-format.md: drop reason $a"; done
	sed -n 's/^EVENT([A-Z_]*, "\([^"]*\)".*/\1/p' model/event.def | while read -r a; do
		grep -q "\`$a\`" docs/trace-format.md || echo "docs/trace-format.md: event kind $a"; done
	sed -n 's/^DEV_SYSCTL([A-Z_]*, "\([^"]*\)".*/\1/p' model/sysctl.def | while read -r a; do
		grep -q "$a" docs/coverage.md || echo "docs/coverage.md: sysctl $a"; done
	sed -n 's/^OP([A-Z_]*, "\([^"]*\)".*/\1/p' model/op.def | while read -r a; do
		grep -q "$a" docs/coverage.md || echo "docs/coverage.md: operation $a"; done
} | check docs-in-step
for f in tests/*.sh .ci/run traces/*/*.sh docs/*.bash; do bash -n "$f" 2>&1; done | check shell-syntax
if clang-format --version 2>/dev/null | grep -q 'version 14\.'; then
	clang-format --dry-run $sources 2>&1 | grep -E 'warning|error' | check formatting
else
	skip lint/formatting "clang-format 14 is not here (others format differently)"
fi
if command -v cppcheck >/dev/null; then
	cppcheck -q -j "$(nproc)" --std=c11 --enable=warning,performance,portability --inline-suppr --error-exitcode=0 \
		--suppress=missingIncludeSystem --suppressions-list=tests/cppcheck.txt --library=tests/cppcheck.cfg -I. model sim kernel 2>&1 | check cppcheck
else
	skip lint/cppcheck "no cppcheck"
fi
if [ "${TIDY:-0}" != 1 ]; then
	skip lint/clang-tidy "takes minutes: only in 'make lint'"
elif command -v clang-tidy >/dev/null; then
	ls model/*.c sim/*.c kernel/*.c | xargs -P "$(nproc)" -n 8 sh -c \
		'clang-tidy --quiet "$@" -- -std=c11 -D_GNU_SOURCE -I. -DPKTWALK_VERSION="\"lint\"" 2>/dev/null' _ | grep -E '(warning|error):' | sort -u | check clang-tidy
else
	skip lint/clang-tidy "no clang-tidy"
fi
exit 0
