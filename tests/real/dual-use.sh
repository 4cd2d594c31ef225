#!/usr/bin/env bash
# Packages that hold what miners, rootkits and injectors hold, too, and are none: no rule
# speaks of them above `low`. They come from Debian and are never run.
# shellcheck source=tests/common.sh
. "$(dirname "$0")/../common.sh"

packages=(librandomx0 monero gdb strace bpftrace torsocks)
settings=$((${#packages[@]} + 1))
(timeout 200 apt-get -q download "${packages[@]}") >apt.log 2>&1 ||
  { echo "skipped $settings: no registry hands out ${packages[*]}"; exit 77; }

# The text of rules names everything that rules look for.
tar -C "$SOURCE/policies" -cf rule-text.tar rules

quiet() {  # quiet FILE: no finding above low, and every member was looked at
  local got=0
  timeout 120 "$ASSAY" verify "$1" -q --verdict none --format json -o report.json || got=$?
  [ "$got" = 1 ] || fail "exit $got for $1"  # nobody of the trust store signed it
  jq -e '[.core.findings[] | select(.severity | IN("low", "info") | not)] == []' report.json \
    >/dev/null || fail "$1: $(jq -r '.core.findings[] | "\(.rule) \(.severity) \(.member)"' report.json)"
  jq -e 'any(.core.checks[]; .id == "clean-content" and .result == "met") and
    .core.coverage.complete' report.json >/dev/null || fail "$1 was not looked at: $(jq .core.checks report.json)"
  echo "$1: $(jq -r '[.core.findings[] | "\(.rule) \(.severity)"] | unique | join(", ")
    | if . == "" then "no finding" else . end' report.json)"
}

for file in ./*.deb rule-text.tar; do quiet "$file"; done
# It is quiet for what it is, and not for want of looking.
quiet ./librandomx0_*.deb | grep -q 'DUAL' || fail "the library of miners' arithmetic is not named"
