# SPDX-License-Identifier: GPL-2.0-or-later
# Reads a layout (first file), then figures, "NAME VALUE" lines in the order in which they were measured. Prints the
# table; writes all of it as JSON to the file named by json, with what the environment says (about, left_out). A layout line is a title, or
# NAME|label|unit|other name|sense|aim: the ratio of the two, repetition by repetition; sense "faster": other / this,
# "longer": this / other. Rows whose figure is not there are left out.
function show(v, unit) {
	if (unit == "ns")
		return v < 1e3 ? sprintf("%.0f ns", v) : v < 1e6 ? sprintf("%.2f us", v / 1e3) : sprintf("%.2f ms", v / 1e6)
	if (unit == "s")
		return v < 1 ? sprintf("%.1f ms", v * 1e3) : sprintf("%.2f s", v)
	return sprintf("%.0f %s", v, unit)
}
function bare(v, like,   unit, scale) { # v in the unit in which `like` is shown, without its name
	unit = like; sub(/^[^ ]* /, "", unit)
	scale = unit == "ms" && kind == "s" ? 1e3 : unit == "us" ? 1e-3 : unit == "ms" ? 1e-6 : 1
	return sprintf(unit == "B" || unit == "ns" ? "%.0f" : unit == "us" || unit == "s" ? "%.2f" : "%.1f", v * scale)
}
function stats(list, n,   i, j, t) { # sorts list[1..n]; sets med, low, high
	for (i = 2; i <= n; i++)
		for (j = i; j > 1 && list[j - 1] > list[j]; j--) {
			t = list[j]; list[j] = list[j - 1]; list[j - 1] = t
		}
	med = n % 2 ? list[(n + 1) / 2] : (list[n / 2] + list[n / 2 + 1]) / 2
	low = list[1]; high = list[n]
}
function ratio(name, to, sense,   i, n, r, list) {
	n = count[name] < count[to] ? count[name] : count[to]
	for (i = 1; i <= n; i++)
		list[i] = sense == "faster" ? value[to, i] / value[name, i] : value[name, i] / value[to, i]
	stats(list, n)
	return n
}
FNR == NR { layout[++rows] = $0; next }
NF == 2 && $2 > 0 {
	if (!count[$1]++)
		order[++names] = $1
	value[$1, count[$1]] = $2
}
END {
	printf "%-30s %9s %15s %6s %10s %s\n", "", "median", "min..max", "ratio", "min..max", "aim"
	printf("{\"what\":\"pktwalk bench\",%s,\n\"figures\":{", ENVIRON["about"]) >json
	for (i = 1; i <= names; i++) {
		name = order[i]; all = ""
		for (j = 1; j <= count[name]; j++) {
			list[j] = value[name, j]; all = all (j > 1 ? "," : "") value[name, j]
		}
		stats(list, count[name])
		printf("%s\n\"%s\":{\"median\":%s,\"min\":%s,\"max\":%s,\"values\":[%s]}", i > 1 ? "," : "", name, med, low,
			high, all) >json
	}
	printf "},\n\"ratios\":[" >json
	for (r = 1; r <= rows; r++) {
		if (split(layout[r], f, "|") < 3) {
			title = layout[r]
			continue
		}
		if (!count[f[1]])
			continue
		if (title != "")
			print title
		title = ""; kind = f[3]
		for (j = 1; j <= count[f[1]]; j++)
			list[j] = value[f[1], j]
		stats(list, count[f[1]])
		text = show(med, kind)
		line = sprintf("  %-28s %9s %15s", f[2], text, bare(low, text) ".." bare(high, text))
		if (f[4] != "" && count[f[4]]) {
			ratio(f[1], f[4], f[5])
			line = sprintf("%s %6.2f %10s", line, med, sprintf("%.1f..%.1f", low, high))
			printf("%s\n{\"of\":\"%s\",\"to\":\"%s\",\"times\":\"%s\",\"median\":%.3f,\"min\":%.3f,\"max\":%.3f}",
				written++ ? "," : "", f[1], f[4], f[5], med, low, high) >json
		}
		if (f[6] != "")
			line = sprintf("%-75s %s", line, f[6])
		sub(/ *$/, "", line)
		print line
	}
	printf("],\n\"skipped\":[%s]}\n", ENVIRON["left_out"]) >json
}
