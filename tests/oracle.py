# SPDX-License-Identifier: GPL-2.0-or-later
"""The tool oracle. For each lab: `pktwalk run --json` tells which commands it executed (loops unrolled, variables
expanded) and what the model says each printed; the same command lines are then run by bash with the real tools, in a
sandbox of namespaces, and compared one by one.

What can't be equal is masked on both sides, by the list MASKS: times, MAC addresses. Of `ps` the lab's own processes are
compared, by user, command line, and whether each is PID 1; of tables that the kernel keeps in hash order (`ip neigh`,
`arp`) the lines, sorted. A `kill` of the model's $! gets the real one."""
import argparse
import concurrent.futures
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

MASKS = [
    (r"time=[0-9.]+ ms", "time=T ms"),
    (r"expires [0-9]+sec", "expires Tsec"),
    (r"time [0-9]+ms", "time Tms"),
    (r"rtt min/avg/max/mdev = [0-9./]+ ms(, ipg/ewma [0-9./]+ ms)?", "rtt T"),
    (r", pipe [0-9]+$", ""),
    (r"(after|in) [0-9]+ ms", r"\1 T ms"),
    (r"\b(?!ff:ff:ff:ff:ff:ff|00:00:00:00:00:00)([0-9a-f]{2}:){5}[0-9a-f]{2}\b", "MAC"),
]
# A fresh Debian host without IPv6 noise and without br_netfilter, whatever this machine is; then one function per
# command line, so that each runs exactly as written.
PROLOGUE = r"""
mount -t tmpfs tmpfs /run && mkdir -p /run/netns /run/lock
mount -t sysfs sysfs /sys 2>/dev/null
fresh() {
	"$@" sh -c 'for f in /proc/sys/net/ipv6/conf/*/disable_ipv6; do echo 1 > $f; done
		for f in /proc/sys/net/bridge/bridge-nf-call-*; do echo $BR_NF > $f; done
		for f in ip_forward conf/all/rp_filter conf/default/rp_filter conf/lo/rp_filter; do
			[ "$(cat /proc/sys/net/ipv4/$f)" = 0 ] || echo 0 > /proc/sys/net/ipv4/$f
		done' 2>/dev/null
}
export BR_NF=0
fresh
ip link set lo up
# modprobe in a sandbox must not load anything into the machine: the one module that matters is imitated.
modprobe() {
	case "$*" in
	br_netfilter|"-q br_netfilter") BR_NF=1
		for n in "" $(ls /run/netns); do
			${n:+ip netns exec $n} sh -c 'for f in /proc/sys/net/bridge/bridge-nf-call-*; do echo 1 > $f; done' 2>/dev/null
		done ;;
	esac
}
known=""
unset TERM_PROGRAM
export LC_ALL=C LANG=C
unset COLUMNS
after() { # new namespaces begin as the model's do
	for n in $(ls /run/netns 2>/dev/null); do
		case " $known " in *" $n "*) ;; *) known="$known $n"; fresh ip netns exec "$n" ;; esac
	done
}
"""


def sandbox(script, timeout):
    base = ["unshare", "-n", "-m", "-p", "-f", "--mount-proc", "--kill-child"]
    if os.geteuid() != 0:
        base[1:1] = ["-U", "-r"]
    return subprocess.run(base + ["bash", script], timeout=timeout, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def mask(text):
    for pattern, to in MASKS:
        text = re.sub(pattern, to, text, flags=re.M)
    return "\n".join(line.rstrip() for line in text.splitlines())


def tool_of(command):
    """The program a command line ends up running, through sudo, ip netns exec and unshare."""
    w = command.split()
    while w:
        if w[0] == "sudo":
            w = w[1:]
        elif w[:3] == ["ip", "netns", "exec"]:
            w = w[4:]
        elif w[0] == "unshare":
            w = w[1:]
            while w and w[0].startswith("-"):
                w = w[1:]
        else:
            return w[0]
    return ""


def lab_processes(text, cmds):
    """The heading of a ps, and what it says of the lab's own processes."""
    lines = text.splitlines()
    if not lines:
        return text
    head = lines[0].split()
    pid, cmd = head.index("PID"), max(i for i, w in enumerate(head) if w in ("COMMAND", "CMD"))
    own = {c["command"].split(">")[0].split(" unshare ")[-1].split("--mount-proc ")[-1].strip() for c in cmds if c["operation"] == "run"}
    own = {re.sub(r"^(sudo |ip netns exec \S+ )*", "", o) for o in own}
    out = [" ".join(head)]
    for line in lines[1:]:
        w = line.split(None, cmd)
        if len(w) > cmd and any(o and o in w[cmd] for o in own):
            out.append(f"{w[0]} {'PID 1' if w[pid] == '1' else 'an ordinary PID'} {w[cmd].strip()}")
    return "\n".join(out)


def comparable(text, command, cmds):
    tool = tool_of(command)
    if tool == "ps":
        return lab_processes(text, cmds)
    text = mask(text)
    if tool == "arp" or (tool == "ip" and re.search(r"(?<![-\w])n(ei(gh(bour)?)?)?(?!\w)", command)):
        return "\n".join(sorted(text.splitlines()))
    return text


def real_command(command, pids):
    """The command line with the real number of a background process in the place of the model's."""
    if tool_of(command) not in ("kill", "wait"):
        return command
    return re.sub(r"\b\d+\b", lambda m: f"$pid_{pids[m.group()]}" if m.group() in pids else m.group(), command)


def run_lab(pktwalk, lab):
    name = "oracle/" + lab
    p = subprocess.run([pktwalk, "run", "--json", lab], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                       stderr=subprocess.PIPE, timeout=120)
    if p.returncode != 0:
        return [f"FAIL {name}: the model's run has status {p.returncode}"], p.stderr.decode()
    cmds = [json.loads(l) for l in p.stdout.decode().splitlines()]
    cmds = [c for c in cmds if c["event"] == "command"]
    d = tempfile.mkdtemp(prefix="pktwalk-oracle.")
    os.chmod(d, 0o755)
    try:
        return compare(name, cmds, d)
    finally:
        shutil.rmtree(d, ignore_errors=True)


def compare(name, cmds, d):
    lines, skipped, pids = [PROLOGUE, f"cd {d}"], {}, {}
    for i, c in enumerate(cmds):
        tool = tool_of(c["command"])
        shimmed = tool in ("modprobe",)
        if tool and not shimmed and not shutil.which(tool) and subprocess.run(
                ["bash", "-c", f"type -t {tool}"], stdout=subprocess.DEVNULL).returncode:
            skipped[i] = tool
            continue
        # in a file of its own, so that here-documents and quotes are as written
        with open(f"{d}/{i}.sh", "w") as f:
            f.write(("exec " if c.get("background") else "") + real_command(c["command"], pids).removesuffix(" &") + "\n")
        if c.get("background"):
            if "pid" in c:
                pids[str(c["pid"])] = i
            lines.append(f". ./{i}.sh </dev/null >{i}.out 2>{i}.err & pid_{i}=$!; sleep 0.3")
        else:
            lines.append(f". ./{i}.sh </dev/null >{i}.out 2>{i}.err; echo $? >{i}.st; after")
    with open(f"{d}/all.sh", "w") as f:
        f.write("\n".join(lines) + "\n")
    try:
        p = sandbox(f"{d}/all.sh", 240)
    except subprocess.TimeoutExpired:
        return [f"FAIL {name}: the real tools did not end in time"], ""
    result, detail = [], p.stdout.decode(errors="replace")
    for tool in sorted(set(skipped.values())):
        result.append(f"SKIP {name}/{tool}: the real {tool} is not installed")
    bad = 0
    for i, c in enumerate(cmds):
        if i in skipped or c.get("background"):
            continue
        try:
            real = {"status": int(open(f"{d}/{i}.st").read()),
                    "stdout": open(f"{d}/{i}.out", errors="replace").read(),
                    "stderr": open(f"{d}/{i}.err", errors="replace").read()}
        except (OSError, ValueError) as e:
            bad += 1
            detail += f"line {c['line']}: {c['command']}: did not run: {e}\n"
            continue
        # bash names the file it runs in what it says itself
        real["stderr"] = re.sub(r"^\./\d+\.sh: line \d+: ", "", real["stderr"], flags=re.M)
        for key in ("status", "stdout", "stderr"):
            a, b = c.get(key, ""), real[key]
            if key != "status":
                a, b = comparable(a, c["command"], cmds), comparable(b, c["command"], cmds)
            if a != b:
                bad += 1
                detail += f"line {c['line']}: {c['command']}\n  {key}, model: {a!r}\n  {key}, real:  {b!r}\n"
    if bad:
        result.append(f"FAIL {name}: {bad} of {len(cmds)} commands differ from the real tools")
    else:
        result.append(f"ok {name}")
        detail = ""
    return result, detail


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("-j", type=int, default=4)
    ap.add_argument("labs", nargs="+")
    args = ap.parse_args()
    pktwalk = os.environ["PKTWALK"]
    with concurrent.futures.ThreadPoolExecutor(args.j) as pool:
        for result, detail in pool.map(lambda l: run_lab(pktwalk, l), args.labs):
            print("\n".join(result), flush=True)
            if detail:
                print("\n".join("    " + l for l in detail.splitlines()[:60]), file=sys.stderr, flush=True)


main()
