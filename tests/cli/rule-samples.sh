#!/usr/bin/env bash
# Every shipped rule has a sample it finds and a near miss it lets be, made by its test.
. "$(dirname "$0")/../common.sh"
tests=$(dirname "$ASSAY")/test_scan
[ -x "$tests" ] || { echo "skipped 1: test_scan is not built"; exit 77; }
ASSAY_SAMPLES=$work timeout 120 "$tests" --source-file='*pack_*' >/dev/null ||
  fail "the tests of the shipped rules fail"
expect_exit 0 assay rules test --samples samples
tail -n 1 <<<"$out"
