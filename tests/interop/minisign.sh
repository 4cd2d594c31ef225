#!/usr/bin/env bash
# What minisign signs is put before minisign and before assay; then a signature file with
# every third byte changed: assay never believes one that minisign itself refuses.
# shellcheck source=tests/common.sh
. "$(dirname "$0")/../common.sh"
# shellcheck source=tests/compare.sh
. "$SOURCE/tests/compare.sh"

new_home
good_bundle
sign agent-1.4.tar.gz
cp agent-1.4.tar.gz.minisig whole

put() {  # put CASE MINISIGN ASSAY [WHY]
  theirs=no
  if minisign_accepts; then theirs=yes; fi
  believed agent-1.4.tar.gz
  row minisign "$1" "$2" "$3" "${4:-}"
}
minisign_accepts() { timeout 20 minisign -V -q -p "$keys/acme.pub" -m agent-1.4.tar.gz >/dev/null 2>&1; }
assay_accepts() {
  rm -f report.json
  assay verify agent-1.4.tar.gz -q --verdict none --format json -o report.json >/dev/null 2>&1 || true
  [ -s report.json ] || return 1 # an error is no yes
  jq -e 'any(.core.signatures[]; .verified)' report.json >/dev/null
}

signature=agent-1.4.tar.gz.minisig
said() { sign agent-1.4.tar.gz acme -t "$1"; }  # said COMMENT: signed along

put "signed" yes yes
sign agent-1.4.tar.gz other
put "another key" no no
sign agent-1.4.tar.gz acme -l
put "the older form, of the file itself" yes no "the pin allows ED; --algorithms would be a line in it"
head -n 2 $signature >short
cp short $signature
put "that, cut down to signify's two lines" no no
said 'file:agent-1.3.tar.gz'
put "a comment that names another file" yes no "the signer said what it is for"
said 'timestamp:4000000000'
put "a time that is to come" yes no "nobody can have signed it then"
said 'no fields at all'
put "a comment without fields" yes yes
{ cat whole; echo note; } >$signature
put "a fifth line" yes no "somebody would read it as signed"
sed 's/$/\r/' whole >$signature
put "CRLF" yes no "its signer wrote none of the carriage returns"
sed '3s/$/ more/' whole >$signature
put "comment changed" no no
sed '1s/$/ more/' whole >$signature
put "the comment nobody signed changed" yes yes
cp whole $signature
cp agent-1.4.tar.gz bundle
echo more >>agent-1.4.tar.gz
put "changed file" no no
cp bundle agent-1.4.tar.gz
compared

both=0 neither=0 stricter=0
for ((offset = 0; offset < $(stat -c %s whole); offset += 3)); do
  cp whole agent-1.4.tar.gz.minisig
  flip agent-1.4.tar.gz.minisig "$offset"
  ours=no theirs=no
  if assay_accepts; then ours=yes; fi
  if minisign_accepts; then theirs=yes; fi
  case $theirs/$ours in
    yes/yes) both=$((both + 1)) ;;
    no/no) neither=$((neither + 1)) ;;
    yes/no) stricter=$((stricter + 1)) ;;
    no/yes) fail "assay believes a signature that minisign refuses: byte $offset changed" ;;
  esac
done
# The untrusted comment may say anything, so some changes must have been fine by both.
if [ "$both" -eq 0 ] || [ "$neither" -lt 50 ]; then fail "both took $both, both refused $neither"; fi
echo "both accept $both and refuse $neither changed signatures; only assay refuses $stricter"
