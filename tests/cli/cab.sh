#!/usr/bin/env bash
# Cabinets are opened only where the policy names them. A malformed one is refused;
# where its reader crashes, it ends as INDETERMINATE, with the signal named.
. "$(dirname "$0")/../common.sh"
new_home
{ assay policy show baseline; printf '\n[examine]\nformats = ["cab"]\n'; } >cab.toml

le() {  # le WIDTH VALUE: a little-endian number
  local i
  for ((i = 0; i < $1; ++i)); do printf '%b' "\\0$(printf %03o $(($2 >> (8 * i) & 255)))"; done
}

# data SUM FILE PACKED-SIZE: a CFDATA header for the whole of a file.
data() { le 4 "$1"; le 2 "$3"; le 2 "$(stat -c %s "$2")"; }

# lzx FILE: one uncompressed LZX block; the file has an even size.
lzx() {
  local size
  size=$(stat -c %s "$1")
  le 2 $((3 << 12 | size >> 12)); le 2 $((size << 4 & 65535))
  le 4 1; le 4 1; le 4 1
  cat "$1"
}

# cabinet TYPE BLOCKS SUM FILE...: each file in a folder of its own, named after it.
# TYPE 0 is stored, 5379 is LZX with a window of 2^21. The folder has BLOCKS blocks, each with all of the file.
cabinet() {
  local type=$1 blocks=$2 sum=$3 file index=0 start block
  shift 3
  : >blocks; : >folders; : >files
  start=$((36 + 8 * $#))
  for file in "$@"; do start=$((start + 16 + ${#file} + 1)); done
  for file in "$@"; do
    { le 4 $((start + $(stat -c %s blocks))); le 2 "$blocks"; le 2 "$type"; } >>folders
    { le 4 "$(stat -c %s "$file")"; le 4 0; le 2 $((index++)); le 2 22373; le 2 0; le 2 32; printf '%s\0' "$file"; } >>files
    if [ "$type" = 0 ]; then cat "$file"; else lzx "$file"; fi >packed
    for ((block = 0; block < blocks; ++block)); do
      data "$sum" "$file" "$(stat -c %s packed)"; cat packed
    done >>blocks
  done
  printf MSCF; le 4 0; le 4 $((start + $(stat -c %s blocks))); le 4 0; le 4 $((36 + 8 * $#)); le 4 0
  printf '\003\001'; le 2 $#; le 2 $#; le 2 0; le 2 1; le 2 0
  cat folders files blocks
}

printf '#!/bin/sh\necho "agent 1.4."\n' >agent.sh
printf 'interval = 60\n' >agent.conf
sample pool-config >config.json
[ $(($(stat -c %s config.json) % 2)) = 0 ] || printf '\n' >>config.json

# Off by default, with a hint; opened and scanned where the policy names it.
for type in 0 5379; do
  cabinet $type 1 0 agent.sh agent.conf >agent-1.cab
  sign agent-1.cab
  expect_exit 3 assay verify agent-1.cab
  says "unsupported-container" "cab is opened only where the policy names it"
  expect_exit 0 assay verify --policy cab.toml agent-1.cab
  says "2 files" "1 layer deep"
  cabinet $type 1 0 agent.sh config.json >agent-2.cab
  sign agent-2.cab
  expect_exit 1 assay verify --policy cab.toml agent-2.cab
  says "MINER004" "agent-2.cab!/config.json"
done

# What stands behind a cabinet nobody has looked at; a half one is none.
{ cat agent-1.cab; printf 'more'; } >agent-3.cab
expect_exit 3 assay scan --policy cab.toml agent-3.cab
says "trailing-data"
head -c 100 agent-1.cab >agent-4.cab
expect_exit 3 assay scan --policy cab.toml agent-4.cab
says "truncated"

# A folder of two blocks whose first one is not full (which is refused) and has a
# checksum. Asked to go on, libarchive 3.6.2 checks the sum of a header it never kept.
cabinet 0 2 1 agent.sh >agent-5.cab
sign agent-5.cab
expect_exit 1 assay verify --policy cab.toml --verdict none agent-5.cab
says "[corrupt-stream] 'agent-5.cab!/agent.sh': cab: Invalid CFDATA"

# The crash: the same cabinet under a reader that goes on.
careless() { LD_PRELOAD=$(dirname "$ASSAY")/careless.so assay "$@"; }
expect_exit 3 careless verify --policy cab.toml agent-5.cab
says "INDETERMINATE" "[worker-crashed] the worker was ended by signal 11 (SIGSEGV)"
sed -n 2p agent-5.cab.verdict.jsonl | jq -r .payload | base64 -d |
  jq -e '.predicate.verificationResult == "FAILED" and .predicate."urn:assay:verdict:v1".reason == "worker-crashed"' >/dev/null ||
  fail "the verdict does not say why"
expect_exit 1 assay gate agent-5.cab --verdict agent-5.cab.verdict.jsonl
# Its neighbours are not harmed.
expect_exit 3 careless scan --policy cab.toml agent-5.cab agent.sh
says "scanned 2 files"

# A policy names what there is to name.
{ assay policy show baseline; printf '\n[examine]\nformats = ["cabb"]\n'; } >wrong.toml
expect_exit 2 assay policy check wrong.toml
says "unknown format 'cabb'" "did you mean 'cab'?"
{ assay policy show baseline; printf '\n[examine]\nformats = ["tar"]\n'; } >wrong.toml
expect_exit 2 assay policy check wrong.toml
expect_exit 0 assay formats
says "if named       cab"
