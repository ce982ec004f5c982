#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# make install under DESTDIR, the manual page, the completion, --help in step with both, and the build without libraries.
. "$(dirname "$0")/lib.sh"
cd "$top" || exit 2
if make -s install DESTDIR="$scratch/root" PREFIX=/usr >"$scratch/log" 2>&1 &&
	"$scratch/root/usr/bin/pktwalk" --version >"$scratch/version" && grep -q '^pktwalk [0-9]' "$scratch/version"; then
	ok install/files
else
	fail install/files "make install" "$scratch/log"
fi
page=$scratch/root/usr/share/man/man1/pktwalk.1
if command -v mandoc >/dev/null; then
	mandoc -T lint -W warning "$page" >"$scratch/lint" 2>&1 && ok install/man || fail install/man "mandoc complains" "$scratch/lint"
else
	skip install/man "no mandoc"
fi
missing=
for o in $("$pktwalk" --help | grep -oE -- '--[a-z]+' | sort -u); do
	grep -q -- "${o#--}" "$page" || missing="$missing man:$o"
	grep -q -- "$o" docs/pktwalk.bash || missing="$missing completion:$o"
done
[ -z "$missing" ] && ok install/options || fail install/options "not documented:$missing"
bash -n docs/pktwalk.bash && ok install/completion || fail install/completion "syntax"
make -s uninstall DESTDIR="$scratch/root" PREFIX=/usr && [ -z "$(find "$scratch/root" -type f)" ] && ok install/uninstall ||
	fail install/uninstall "files are left"
# The model alone: no library but libc in the binary.
if make -s -j"$(nproc)" KERNEL=0 build/rel-model/pktwalk >"$scratch/log" 2>&1; then
	if ldd build/rel-model/pktwalk | grep -qE 'mnl|nftnl|pcap'; then
		fail install/model-only "needs a library" <(ldd build/rel-model/pktwalk)
	else
		build/rel-model/pktwalk run -q traces/lesson/2-bridge.sh >"$scratch/log" 2>&1 && ok install/model-only ||
			fail install/model-only "does not run the lesson" "$scratch/log"
	fi
else
	fail install/model-only "does not build" "$scratch/log"
fi
exit 0
