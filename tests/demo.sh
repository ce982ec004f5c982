#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The lesson for a newcomer: each lab predicted, then proved on the real kernel. Ends with a line on both.
cd "$(dirname "$0")/.." || exit 2
bad=0
for lab in "$@"; do
	printf '\n======== %s: the prediction\n\n' "$lab"
	./pktwalk run "$lab" || bad=1
	printf '\n======== %s: on the real kernel\n\n' "$lab"
	./pktwalk verify -q "$lab" || bad=1
done
echo
if [ $bad = 0 ]; then
	echo "The whole lesson was predicted, and this kernel ($(uname -sr)) did the same."
else
	echo "Something differed or could not be done: see above." >&2
fi
exit $bad
