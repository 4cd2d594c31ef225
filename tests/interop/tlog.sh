#!/usr/bin/env bash
# Go's golang.org/x/mod/sumdb, as Debian ships it, opens our checkpoint, checks our
# proofs and reads our tiles from disk; with a bit changed it refuses each of them.
# shellcheck source=tests/common.sh
. "$(dirname "$0")/../common.sh"
if ! command -v go >/dev/null || [ ! -d /usr/share/gocode/src/golang.org/x/mod/sumdb ]; then
  echo "skipped: no Go with golang.org/x/mod (golang-go, golang-golang-x-mod-dev)"
  exit 77
fi
export GO111MODULE=off GOPATH=/usr/share/gocode GOCACHE=$work/go-cache GOFLAGS=-p=2
cp "$SOURCE/tests/interop/tlog.go" . # where no folder of modules is above it
timeout 250 go build -o go-tlog tlog.go || fail "Go does not build the check"

new_home
good_bundle
sign agent-1.4.tar.gz
expect_exit 0 assay verify agent-1.4.tar.gz
verdict=agent-1.4.tar.gz.verdict
tail -n 1 $verdict.jsonl | tr -d '\n' >entry
vkey=$(assay log key)
go_accepts() { timeout 60 ./go-tlog home/log "$vkey" "$1" entry; }

for size in 4 5 20; do
  while [ "$(go_accepts $verdict.tlog-proof 2>&1)" != $size ]; do
    go_accepts $verdict.tlog-proof >/dev/null || fail "Go refuses the log"
    assay log note "note $RANDOM$RANDOM" -q
  done
  assay log prove $verdict.jsonl -o proof
  [ "$(go_accepts proof)" = $size ] || fail "Go refuses a proof from the log of $size entries"
done

refused=0
for file in proof home/log/checkpoint home/log/tile/0/000.p/20 home/log/tile/entries/000.p/20; do
  cp "$file" whole
  for offset in 40 101 $(($(stat -c %s whole) - 20)); do
    flip "$file" "$offset"
    ! go_accepts proof >/dev/null 2>&1 || fail "Go accepts $file with byte $offset changed"
    cp whole "$file"
    refused=$((refused + 1))
  done
done
go_accepts proof >/dev/null
expect_exit 0 assay log export --format tiles -o tiles
timeout 60 ./go-tlog tiles "$vkey" proof entry >/dev/null || fail "Go refuses the exported tiles"
echo "Go accepts logs of 4, 5 and 20 entries and refuses $refused changed files"
