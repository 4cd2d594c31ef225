#!/usr/bin/env bash
# Key files: private, never replaced, encrypted when there is a passphrase.
. "$(dirname "$0")/../common.sh"
export ASSAY_KEY_PASSPHRASE=correct-horse
assay init -q >/dev/null
unset ASSAY_KEY_PASSPHRASE
[ "$(stat -c %a home/keys/verdict.pem)" = 600 ] || fail "the key file is not private"
grep -q 'BEGIN ENCRYPTED PRIVATE KEY' home/keys/verdict.pem
good_bundle
expect_exit 2 assay verify agent-1.4.tar.gz
says "it is encrypted: set ASSAY_KEY_PASSPHRASE"
ASSAY_KEY_PASSPHRASE=wrong expect_exit 2 assay verify agent-1.4.tar.gz
says "is the passphrase right?"
expect_exit 1 assay verify --passphrase-fd 3 agent-1.4.tar.gz 3<<<correct-horse
says "verdict  agent-1.4.tar.gz.verdict.jsonl"
expect_exit 0 assay key show
says "BEGIN PUBLIC KEY" "key id"
expect_exit 2 assay key new
says "is there already"
expect_exit 0 assay key new --key plain.pem
openssl pkey -in plain.pem -noout -text | grep -q ED25519
openssl pkey -in home/keys/verdict.pem -passin pass:correct-horse -noout
expect_exit 0 assay init
says "kept" "keys/verdict.pem"
