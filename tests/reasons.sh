#!/usr/bin/env bash
# Every reason id the sources give stands in the table that `assay explain` reads.
set -euo pipefail
cd "$(dirname "$0")/.."
table=$(grep -oE '^    \{"[a-z-]+"' lib/model/reason.cc | tr -d ' {"')
id='"[a-z]+(-[a-z]+)*"'
used=$({
  grep -rhoE --include='*.cc' --exclude='*_test.cc' \
    "(malformed|undecided|make_problem|not_met|refuse)\($id" lib
  grep -rhoE --include='*.cc' --exclude='*_test.cc' "(return |[Ff]ault ?)\{$id" lib/crypto lib/trust
} | sed 's/.*[({]"//; s/"$//' | sort -u)
bad=0
for id in $used; do
  grep -qx "$id" <<<"$table" || { [ "$id" = bad-json ] || { echo "no reason '$id' in reason.cc"; bad=1; }; }
done
exit $bad
