#!/usr/bin/env bash
# A policy is asked what it would say of evidence that was saved, held to a table, and
# compared with another one; no bundle is there any more.
. "$(dirname "$0")/../common.sh"
new_home
good_bundle; sign agent-1.4.tar.gz
poisoned_bundle agent-1.5.tar.gz; sign agent-1.5.tar.gz
expect_exit 0 assay verify agent-1.4.tar.gz
expect_exit 1 assay verify agent-1.5.tar.gz
assay report agent-1.4.tar.gz.verdict.jsonl --format json -o good.json
good=agent-1.4.tar.gz.verdict.jsonl bad=agent-1.5.tar.gz.verdict.jsonl
rm agent-*.tar.gz

expect_exit 0 assay policy explain $good
says 'PASSED by policy' 'met        trusted-signature' 'demands  As many pinned keys' \
  'counts: minisign key' "wall 'seccomp"
expect_exit 0 assay policy explain $bad
says FAILED 'unmet      clean-content [finding]' 'saw      a finding fails from severity medium on' \
  'fails: MINER004'
expect_exit 0 assay policy explain good.json --policy strict
says 'when it was examined, PASSED was said' 'unmet      signed-list [no-signed-list]'
expect_exit 0 assay policy explain - <$good
expect_exit 0 assay policy explain "$(find home/log/evidence -name '*.json' | head -n 1)"
head -n 1 $good >line.json && flip line.json 40
expect_exit 4 assay policy explain line.json
expect_exit 4 assay policy explain home/policy.toml
expect_exit 2 assay policy explain nothing.jsonl

mkdir table && cat >table/cases.toml <<TOML
schema = "assay-policy-test/1"
policy = "baseline"
[[case]]
name = "a release"
evidence = "../$good"
result = "PASSED"
met = ["trusted-signature"]
[[case]]
name = "a miner"
evidence = "../$bad"
result = "FAILED"
reasons = ["finding"]
unmet = ["clean-content"]
TOML
expect_exit 0 assay policy test table/cases.toml
says 'ok    a release' '2 cases, 0 not as expected'
expect_exit 1 assay policy test table/cases.toml --policy strict
says 'FAIL  a release' '- result PASSED' '+ result FAILED' '+ reason no-signed-list'
cat >cases.json <<JSON
{"schema":"assay-policy-test/1","case":[{"name":"old rules","evidence":"$good","result":"PASSED",
 "at":"2031-01-01T00:00:00Z"}]}
JSON
expect_exit 0 assay policy test cases.json
sed 's/max_age.*/max_age = "30d"/' <(assay policy show strict) >own.toml
expect_exit 1 assay policy test cases.json --policy own.toml
says '+ result'
sed -i 's/"PASSED"/"PASED"/' cases.json
expect_exit 2 assay policy test cases.json
says 'unknown result'
sed '/^\[\[case/,$d' table/cases.toml >empty.toml
expect_exit 2 assay policy test empty.toml

expect_exit 0 assay policy diff baseline baseline
says 'both say the same'
expect_exit 1 assay policy diff baseline strict
says '+ require signed-list = yes  stricter' '- id = urn:assay:policy:baseline'
expect_exit 1 assay policy diff baseline strict --evidence $good --evidence $bad
says "$good: PASSED becomes FAILED" '+ unmet      signed-list' "$bad: FAILED by both"
assay policy show baseline | sed 's/^fail_at.*/fail_at = "critical"/; s/^serial.*/serial = 99/' >loose.toml
expect_exit 0 assay policy diff baseline loose.toml --evidence $good
says '+ content.fail_at = critical  looser'
