#!/usr/bin/env bash
# One evaluator feeds exit code, text, json and the signed verdict: they agree.
. "$(dirname "$0")/../common.sh"
new_home
agree() {  # agree RESULT EXIT BUNDLE
  expect_exit "$2" assay verify "$3"
  says "$3: $1 by policy 'baseline'"
  expect_exit "$2" assay verify --format json "$3"
  [ "$(jq -r .result <<<"$out")" = "$1" ] || fail "json says otherwise"
  [ "$(jq -r .core.result <<<"$out")" = "$1" ] || fail "the core says otherwise"
  local vsa
  vsa=$(sed -n 2p "$3.verdict.jsonl" | jq -r .payload | base64 -d | jq -r .predicate.verificationResult)
  [ "$vsa" = "${1/INDETERMINATE/FAILED}" ] || fail "the signed summary says $vsa"
}
good_bundle agent-good.tar.gz
sign agent-good.tar.gz
agree PASSED 0 agent-good.tar.gz
poisoned_bundle agent-bad.tar.gz
sign agent-bad.tar.gz
agree FAILED 1 agent-bad.tar.gz
: >agent-empty.tar.gz
sign agent-empty.tar.gz
agree INDETERMINATE 3 agent-empty.tar.gz
