#!/usr/bin/env bash
# What the gate asks the log: is the verdict in it, is it the log that was seen,
# was anything revoked, was the nonce used. Each no has a reason of its own.
. "$(dirname "$0")/../common.sh"
new_home
good_bundle
sign agent-1.4.tar.gz
verdict=agent-1.4.tar.gz.verdict
gate() { assay gate agent-1.4.tar.gz --verdict $verdict.jsonl "$@"; }
expect_exit 0 assay verify agent-1.4.tar.gz --nonce run-1
expect_exit 0 gate -v
says "it is entry" "nothing it rests on was revoked"

mv $verdict.tlog-proof proof
expect_exit 4 gate
says "[log-proof-malformed]"
expect_exit 0 gate --proof proof
flip proof 60
expect_exit 4 gate --proof proof
flip proof 60
cp proof $verdict.tlog-proof

# Another verdict with this one's proof.
cp $verdict.jsonl first.jsonl
expect_exit 0 assay verify agent-1.4.tar.gz --nonce run-2
expect_exit 0 gate
expect_exit 4 gate --proof proof
says "[log-not-included]"

# A nonce is good once, when decisions are recorded.
expect_exit 0 gate --nonce run-2 --record
expect_exit 4 gate --nonce run-2 --record
says "[verdict-nonce-used]"
expect_exit 0 assay log list --kind gate-decision
says ACCEPTED REFUSED

cp -r home whole
again() { rm -rf home && cp -r whole home; }
expect_exit 0 assay verify agent-1.4.tar.gz
expect_exit 0 gate
cp -r home later
rm -rf home/log && cp -r whole/log home/log
expect_exit 5 gate
says "[log-rolled-back]"
rm -rf home && cp -r later home
flip "$(find home/log/tile/0/000.p -type f | sort -V | tail -n 1)" 3
expect_exit 5 gate
says "[log-damaged]"
rm -rf home && cp -r later home

# Revoked: the verdict, then the bundle, which a new verdict does not heal.
expect_exit 0 assay log revoke $verdict.jsonl --reason "made on a stolen host"
expect_exit 4 gate
says "[verdict-revoked]" "made on a stolen host"
sleep 1
expect_exit 0 assay verify agent-1.4.tar.gz
expect_exit 0 gate
expect_exit 0 assay log revoke agent-1.4.tar.gz --reason "withdrawn"
expect_exit 0 assay verify agent-1.4.tar.gz --nonce run-3
expect_exit 4 gate
says "[verdict-revoked]" "withdrawn"

sed -i '/^\[log\]/,$d' home/gate.toml
rm $verdict.tlog-proof
expect_exit 0 gate
printf '[log]\nvkey = "nonsense"\n' >>home/gate.toml
expect_exit 2 gate
