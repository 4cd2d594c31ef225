#!/usr/bin/env bash
# assay never believes a signature that minisign itself refuses: a signature file
# with every third byte changed, one after the other, put before both.
# shellcheck source=tests/common.sh
. "$(dirname "$0")/../common.sh"

new_home
good_bundle
sign agent-1.4.tar.gz
cp agent-1.4.tar.gz.minisig whole

minisign_accepts() { timeout 20 minisign -V -q -p "$keys/acme.pub" -m agent-1.4.tar.gz >/dev/null 2>&1; }
assay_accepts() {
  rm -f report.json
  assay verify agent-1.4.tar.gz -q --verdict none --format json -o report.json >/dev/null 2>&1 || true
  [ -s report.json ] || return 1 # an error is no yes
  jq -e 'any(.core.signatures[]; .verified)' report.json >/dev/null
}

minisign_accepts || fail "minisign refuses its own signature"
assay_accepts || fail "assay refuses what minisign made"

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
