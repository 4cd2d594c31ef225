#!/usr/bin/env bash
# A saved verdict in every format, with the verdict's exit code; without a pinned key it is
# said loudly and is never a yes.
. "$(dirname "$0")/../common.sh"
new_home
good_bundle; sign agent-1.4.tar.gz
expect_exit 0 assay verify agent-1.4.tar.gz --report sarif=fresh.sarif --report html=fresh.html
verdict=agent-1.4.tar.gz.verdict.jsonl
expect_exit 0 assay report $verdict
says "PASSED by policy 'baseline'" "signed by the pinned key 'this-host'"
expect_exit 0 assay report $verdict --format sarif -o saved.sarif
cmp fresh.sarif saved.sarif || fail "a saved verdict's SARIF is not the run's"
for format in $(assay formats | sed -n 's/^writes *//p'); do
  expect_exit 0 assay report - --format "$format" <$verdict
done
poisoned_bundle agent-1.5.tar.gz; sign agent-1.5.tar.gz
expect_exit 1 assay verify agent-1.5.tar.gz
expect_exit 1 assay report agent-1.5.tar.gz.verdict.jsonl
says 'MINER004' 'FAILED'

other=$SOURCE/testdata/vectors/verdict-key.pub.pem
for format in $(assay formats | sed -n 's/^writes *//p'); do
  expect_exit 4 assay report $verdict --key "$other" --format "$format" -o "unverified.$format"
  says 'NOT VERIFIED'
  grep -qE '(result.{1,4}PASSED|>PASSED<|RESULT=PASSED)' "unverified.$format" |
    grep -v claimed && fail "$format gives an unverified PASSED"
done
grep -q 'NOT VERIFIED' unverified.html || fail "the page does not say it"
expect_exit 4 assay report $verdict --home nowhere
expect_exit 4 assay report agent-1.4.tar.gz
flip $verdict 200
code=0; assay report $verdict >out.txt 2>&1 || code=$?
[ $code = 4 ] || fail "exit $code for a changed verdict"
expect_exit 2 assay report nothing.jsonl
expect_exit 2 assay verify agent-1.4.tar.gz --report html
expect_exit 2 assay verify agent-1.4.tar.gz --report htm=x
says "did you mean 'html'?"
expect_exit 2 assay verify agent-1.4.tar.gz --report html=agent-1.4.tar.gz
[ "$(head -c 2 agent-1.4.tar.gz | od -An -tx1)" = ' 1f 8b' ] || fail "a report replaced the bundle"
