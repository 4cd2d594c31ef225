#!/usr/bin/env bash
# The verifier of the npm command itself, sigstore's, accepts both envelopes of a
# verdict and refuses them with anything changed.
# shellcheck source=tests/common.sh
. "$(dirname "$0")/../common.sh"

timeout 120 npm install --ignore-scripts --no-audit --no-fund --silent --fetch-retries=1 \
  --fetch-timeout=20000 @sigstore/verify@3.1.1 @sigstore/bundle@4.0.0 >/dev/null 2>&1 ||
  { echo "skipped 2: the npm registry does not hand out @sigstore/verify@3.1.1"; exit 77; }

new_home
good_bundle
sign agent-1.4.tar.gz
expect_exit 0 assay verify agent-1.4.tar.gz
timeout 60 node "$SOURCE/tests/interop/sigstore.js" "$ASSAY_HOME/keys/verdict.pub.pem" \
  agent-1.4.tar.gz.verdict.jsonl || fail "sigstore and assay do not agree"
