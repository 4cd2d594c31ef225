#!/usr/bin/env bash
# stdout carries the answer, stderr the rest; no colour and no progress in a
# pipe; an output that cannot be written is never a success.
. "$(dirname "$0")/../common.sh"
new_home
good_bundle
sign agent-1.4.tar.gz
assay verify agent-1.4.tar.gz >out.txt 2>err.txt
[ ! -s err.txt ] || fail "stderr is not empty: $(cat err.txt)"
grep -q $'\x1b' out.txt && fail "colour in a pipe"
[ "$(assay verify -q agent-1.4.tar.gz | wc -c)" = 0 ] || fail "-q is not quiet"
code=0; assay verify agent-1.4.tar.gz >/dev/full 2>err.txt || code=$?
[ $code = 5 ] || fail "exit $code with a full standard output"
expect_exit 5 assay verify --verdict no/such/folder/v agent-1.4.tar.gz
says "assay: error: cannot write 'no/such/folder/v"
expect_exit 0 assay verify --output report.txt agent-1.4.tar.gz
grep -q PASSED report.txt
expect_exit 2 assay verify --format jsn agent-1.4.tar.gz
says "did you mean 'json'?"
expect_exit 2 assay verfy agent-1.4.tar.gz
says "did you mean \`assay verify\`?"
expect_exit 2 assay
expect_exit 0 assay --help
says "A first minute" "Exit codes"
for command in verify gate report scan inspect init trust key policy explain formats; do
  expect_exit 0 assay $command --help
done
