#!/usr/bin/env bash
# The main job on samples, told as it goes: a good bundle passes and is gated, a
# poisoned one fails, and the good verdict does not open the gate for it.
. "$(dirname "$0")/common.sh"

show() { printf '\n$ assay %s\n' "$*"; assay "$@"; }
refused() {  # refused CODE ARGS...: the command must end with that code
  local want=$1 got=0
  shift
  show "$@" || got=$?
  [ "$got" = "$want" ] || fail "exit $got instead of $want"
  echo "(exit $got)"
}

echo "A home folder, and a vendor whose key we got by other means than the download:"
show init -q
show trust add acme --key "$keys/acme.pub" --name acme-2026 --match 'agent-*' -q

echo
echo "1. The vendor's update as it should be."
good_bundle agent-1.4.tar.gz
sign agent-1.4.tar.gz
show verify agent-1.4.tar.gz
show gate agent-1.4.tar.gz --verdict agent-1.4.tar.gz.verdict.jsonl

echo
echo "2. The next update: signed by the same key, and a miner's configuration inside."
poisoned_bundle agent-1.5.tar.gz
sign agent-1.5.tar.gz
refused 1 verify agent-1.5.tar.gz
refused 1 gate agent-1.5.tar.gz --verdict agent-1.5.tar.gz.verdict.jsonl

echo
echo "3. The good update's verdict, shown to the gate for the poisoned file."
refused 4 gate agent-1.5.tar.gz --verdict agent-1.4.tar.gz.verdict.jsonl

echo
echo "demo: as it should be"
