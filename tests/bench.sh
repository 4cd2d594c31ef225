#!/usr/bin/env bash
# Figures of speed, each beside its peer's of the same run: the two take turns, and
# the medians are compared. Ours is always the whole job: a signed bundle, PASSED,
# its verdict written. Content is that of a browser's package, or of /usr/lib where no
# registry answers.
# shellcheck source=tests/common.sh
. "$(dirname "$0")/common.sh"

packages=(firefox-esr)
turns=5

# some_of_usr_lib FOLDER: some 300 MB of the machine's own files, each whole.
some_of_usr_lib() {
  (cd /usr/lib && find . -type f -size -30M -printf '%s %p\n' 2>/dev/null | LC_ALL=C sort -k 2 |
    awk '(total += $1) > 300e6 { exit } { print substr($0, index($0, " ") + 1) }' |
    tar -T - -cf - 2>/dev/null) | tar -C "$1" -xf -
}

# content: agent.tar, some 300 MB of real files, and release.tar.xz, of many blocks
# as dpkg makes them.
content() {
  local deb
  mkdir tree debs
  if (cd debs && timeout 90 apt-get -q download "${packages[@]}") >apt.log 2>&1; then
    for deb in debs/*.deb; do timeout 60 dpkg-deb -x "$deb" tree; done
    ar p "debs/${packages[0]}"_*.deb data.tar.xz >release.tar.xz
  else
    echo "no package registry: the content is that of /usr/lib"
    some_of_usr_lib tree
  fi
  # A vendor ships files; packages also bring links into a system that is not here.
  find tree -type l -delete
  timeout 60 tar --sort=name --owner=0 --group=0 --mode=u=rwX,go=rX -C tree -cf agent.tar .
  [ -s release.tar.xz ] || timeout 150 xz -T0 -0 -c agent.tar >release.tar.xz
  printf '%d files, %d MB' "$(find tree -type f | wc -l)" $(($(stat -c %s agent.tar) / 1000000))
  rm -rf tree debs
}

# libraries: the machine's own libraries as one .tar.gz of some 300 MB, no file in it
# so large that one scanner works while the other waits.
libraries() {
  some_of_usr_lib "$1"
  timeout 60 tar --sort=name --owner=0 --group=0 --mode=u=rwX,go=rX -C "$1" -cf - . | gzip -n
}

# bundle NAME COMMAND...: what the command writes, signed, and once verified and
# gated: nothing is measured that did not PASS.
bundle() {
  "${@:2}" >"$1" || fail "cannot pack $1"
  sign "$1"
  expect_exit 0 assay verify "$1"
  says "$1: PASSED"
  expect_exit 0 assay gate "$1" --verdict "$1.verdict.jsonl"
}

ours() { printf '%s verify -q %s' "$ASSAY" "$1"; }

# Seconds of two commands in turn: sets mine and peer. The first turn warms both up.
mine='' peer=''
measure() {  # measure TURNS OURS PEER [PREPARE]
  local i commands=()
  for ((i = 0; i <= $1; ++i)); do commands+=("$2" "$3"); done
  timeout 200 hyperfine -N --style none --warmup 0 --runs 1 --export-json times.json \
    ${4:+--prepare "$4"} "${commands[@]}" >/dev/null 2>hyperfine.log ||
    fail "cannot measure '$2' against '$3': $(cat hyperfine.log)"
  read -r mine peer < <(jq -r 'def median: sort | .[length / 2 | floor];
    [.results[2:][].times[0]] | [to_entries | group_by(.key % 2)[] | map(.value) | median] | @tsv' times.json)
}

# row WORK PEER OURS PEER-FIGURE GOAL: the goal is the ratio's, or a figure's without a peer.
row() {
  awk -v work="$1" -v name="$2" -v ours="$3" -v peer="$4" -v goal="$5" 'BEGIN {
    reached = peer == "-" ? ours : ours / peer
    ratio = peer == "-" ? "-" : sprintf("%.2f", reached)
    if (peer != "-") peer = sprintf("%.3f", peer)
    verdict = goal == "-" ? "-" : reached <= goal ? "ok" : "short"
    printf "%-34s %-30s %9.3f %8s %6s %6s  %s\n", work, name, ours, peer, ratio, goal, verdict
  }'
}

# compare WORK PEER-NAME BUNDLE PEER-COMMAND GOAL
compare() {
  measure "$turns" "$(ours "$3")" "$4"
  row "$1" "$2" "$mine" "$peer" "$5"
}

# The usual chain by hand, on one line, with our rules.
chain() {
  printf 'bash -c "%s"' "timeout 120 sha256sum --status -c agent.sums &&
    minisign -V -q -p $keys/acme.pub -m $1 && bsdtar -xf $1 -C unpacked &&
    yara -w -d filename= -d filepath= -d filetype= -r $SOURCE/policies/rules/*.yar unpacked" |
    tr '\n' ' '
}

peak_memory() {  # peak_memory BUNDLE: MiB
  timeout 120 "$(type -P time)" -f %M -o memory.txt "$ASSAY" verify -q "$1" || fail "cannot verify $1"
  awk '{ printf "%.1f", $1 / 1024 }' memory.txt
}

new_home
content
bundle agent-1.tar cat agent.tar
bundle agent-1.tar.gz gzip -nc agent.tar
bundle agent-1.tar.zst zstd -qc -T0 agent.tar
bundle agent-1.tar.xz cat release.tar.xz
rm agent.tar release.tar.xz
sha256sum agent-1.tar.gz >agent.sums
printf ', as .tar.gz %d MB; %d processors; load %s before the first turn\n\n' \
  $(($(stat -c %s agent-1.tar.gz) / 1000000)) "$(nproc)" "$(cut -d ' ' -f 1 /proc/loadavg)"

sync  # else the first turns are measured against the disk that still writes the bundles
printf '%-34s %-30s %9s %8s %6s %6s\n' work peer 'ours, s' 'peer, s' ratio goal
compare '.tar.gz' 'gzip -dc' agent-1.tar.gz 'gzip -dc agent-1.tar.gz' 0.45
mkdir libraries
bundle agent-2.tar.gz libraries libraries
rm -rf libraries
compare '.tar.gz of system libraries' 'gzip -dc' agent-2.tar.gz 'gzip -dc agent-2.tar.gz' 0.45
compare '.tar.zst' 'zstd -dc' agent-1.tar.zst 'zstd -dcq agent-1.tar.zst' 1.10
compare '.tar.xz of many blocks' 'xz -T1 -dc' agent-1.tar.xz 'xz -T1 -dc agent-1.tar.xz' 0.60
compare '.tar' 'openssl dgst -sha256' agent-1.tar 'openssl dgst -sha256 agent-1.tar' 1.30

mkdir unpacked
measure 3 "$(ours agent-1.tar.gz)" "$(chain agent-1.tar.gz)" \
  'bash -c "chmod -R u+rwX unpacked; rm -rf unpacked; mkdir unpacked"'
row 'the usual chain on the .tar.gz' 'sums, minisign, bsdtar, yara' "$mine" "$peer" 0.25
rm -rf unpacked

measure "$turns" "$(ours agent-1.tar.gz) -j2" "$(ours agent-1.tar.gz) -j1"
row '.tar.gz with -j2' 'with -j1' "$mine" "$peer" -

head -c 10240 "$ASSAY" >small.bin
bundle agent-small.zip zip -q - small.bin
measure 25 "$(ours agent-small.zip)" true
row '10 KiB bundle, a fresh process' - "$mine" - 0.030
# Without a wall there is no PASSED, so this one is only scanned.
walled="$ASSAY scan -q agent-small.zip"
measure 25 "$walled" "$walled --sandbox=off"
row 'the wall, per bundle' - "$(awk -v with="$mine" -v without="$peer" 'BEGIN { print with - without }')" - 0.005

if type -P time >/dev/null; then
  row 'peak memory, .tar.gz, MiB' - "$(peak_memory agent-1.tar.gz)" - 256
  row 'peak memory, .tar.xz, MiB' - "$(peak_memory agent-1.tar.xz)" - 256
else
  echo "peak memory is not measured: there is no time program"
fi
