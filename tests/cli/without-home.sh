#!/usr/bin/env bash
# With nothing set up, verify works from what the program carries, and says no.
. "$(dirname "$0")/../common.sh"
good_bundle
expect_exit 1 assay verify agent-1.4.tar.gz
says "[no-trusted-signature]" "assay trust add" "no verdict is signed"
[ ! -e agent-1.4.tar.gz.verdict.jsonl ] || fail "an unsigned verdict was written"
expect_exit 2 assay verify --verdict v agent-1.4.tar.gz
says "there is no key to sign a verdict with"
