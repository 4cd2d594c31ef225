#!/usr/bin/env bash
# Every id that assay lists has a page, and a typo gets a proposal.
. "$(dirname "$0")/../common.sh"
ids=$(assay explain)
[ "$(wc -l <<<"$ids")" -gt 80 ] || fail "too few ids"
for id in $ids; do
  [ "$(assay explain "$id" | wc -l)" -ge 3 ] || fail "$id has no page"
done
expect_exit 2 assay explain trailing-dat
says "did you mean 'trailing-data'?"
