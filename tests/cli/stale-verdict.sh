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

# Nothing but an older verdict makes room for the new one.
good_bundle agent-1.5.tar.gz
sign agent-1.5.tar.gz
digest=$(sha256sum agent-1.5.tar.gz)
expect_exit 2 assay verify --verdict agent-1.5.tar.gz agent-1.5.tar.gz
expect_exit 2 assay verify --verdict none -o agent-1.5.tar.gz agent-1.5.tar.gz
expect_exit 2 assay verify --verdict home/policy.toml agent-1.5.tar.gz
says "is no verdict; it is not replaced"
[ "$digest" = "$(sha256sum agent-1.5.tar.gz)" ] || fail "the bundle was changed"
[ -s home/policy.toml ] || fail "the policy is gone"
mkfifo pipe
expect_exit 2 assay verify --verdict none -o pipe agent-1.5.tar.gz
says "is no regular file"
[ -p pipe ] || fail "the pipe was replaced"
