#!/usr/bin/env bash
# A run that cannot finish leaves no older verdict behind to be mistaken for its own.
. "$(dirname "$0")/../common.sh"
new_home
good_bundle
sign agent-1.4.tar.gz
assay verify -q agent-1.4.tar.gz
[ -s agent-1.4.tar.gz.verdict.jsonl ]
rm agent-1.4.tar.gz && mkfifo agent-1.4.tar.gz
expect_exit 3 assay verify agent-1.4.tar.gz
[ ! -e agent-1.4.tar.gz.verdict.jsonl ] || fail "the old verdict is still there"
