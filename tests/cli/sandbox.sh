#!/usr/bin/env bash
# Bundles are read behind a wall; without one there is no PASSED.
. "$(dirname "$0")/../common.sh"
new_home
good_bundle
sign agent-1.4.tar.gz
expect_exit 0 assay verify --format json agent-1.4.tar.gz
[[ $(jq -r .sandbox <<<"$out") == seccomp* ]] || fail "no wall: $(jq .sandbox <<<"$out")"
expect_exit 3 assay verify --sandbox=off agent-1.4.tar.gz
says "INDETERMINATE" "[no-sandbox]"
expect_exit 2 assay verify --sandbox=maybe agent-1.4.tar.gz
says "never gives PASSED"
