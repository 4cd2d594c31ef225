#!/usr/bin/env bash
# Somebody else's machine watches the log: it signs what grew, refuses what did not, and a
# gate can demand that it looked lately. Keys change under both signatures.
. "$(dirname "$0")/../common.sh"
new_home
good_bundle; sign agent-1.4.tar.gz
expect_exit 0 assay verify agent-1.4.tar.gz
vkey=$(assay log key)
mkdir -p there/keys && assay key new --key there/keys/witness.pem -q >/dev/null
witness() { assay witness "$@" --home there --name witness.example/w1; }
watcher=$(witness key)

expect_exit 0 assay log witness-request -o request
[ "$(head -n 1 request)" = 'old 0' ] || fail "$(cat request)"
expect_exit 0 witness sign request --vkey "$vkey" -o answer
expect_exit 2 assay log add-cosignature answer
expect_exit 0 assay log add-cosignature answer --witness "$watcher"
says 'witness.example/w1 saw 4 entries'
grep -q 'witness.example/w1' home/log/checkpoint || fail "the checkpoint is not cosigned"
expect_exit 0 assay log verify
cp -r home yesterday

# It grows; the request begins where the witness was.
expect_exit 0 assay log note 'one more'
expect_exit 0 assay log witness-request -o request
[ "$(head -n 1 request)" = 'old 4' ] || fail "$(cat request)"
expect_exit 0 witness sign --vkey "$vkey" -o answer <request
expect_exit 0 assay log note 'and more before the answer is back'
expect_exit 2 assay log add-cosignature answer --request answer
expect_exit 5 assay log add-cosignature answer
says '[log-signature]'
expect_exit 0 assay log add-cosignature answer --request request
says 'saw 5 entries'

# Yesterday's copy, another history, a stranger's log.
expect_exit 0 assay log witness-request --old 4 --home yesterday -o old-request
expect_exit 5 witness sign old-request --vkey "$vkey"
says '[log-rolled-back]'
cp -r yesterday forked
expect_exit 0 assay log note other --home forked
expect_exit 0 assay log witness-request --old 5 --home forked -o forked-request
expect_exit 5 witness sign forked-request --vkey "$vkey"
says '[log-forked]'
expect_exit 0 assay log note more --home forked
expect_exit 0 assay log witness-request --old 5 --home forked -o forked-request
expect_exit 5 witness sign forked-request --vkey "$vkey"
says '[log-rewritten]'
expect_exit 2 witness sign request --vkey "$watcher"
expect_exit 2 witness sign request --vkey "$vkey"
says 'assay log witness-request --old 5'

# A gate that demands it.
gate() { assay gate agent-1.4.tar.gz --verdict agent-1.4.tar.gz.verdict.jsonl "$@"; }
sed -i "s|^mirror.*|&\nwitnesses = [\"$watcher\"]\nmax_witness_age = \"1d\"|" home/gate.toml
expect_exit 0 gate -v
says 'its log was seen lately by witness.example/w1'
expect_exit 4 gate --at "$(date -u -d '+2 days' +%Y-%m-%dT%H:%M:%SZ)"
says '[log-witness-stale]'
expect_exit 0 assay verify agent-1.4.tar.gz --report prometheus=a.prom
grep -q '^assay_log_witness_timestamp_seconds{.*witness="witness.example/w1"} [0-9]' a.prom ||
  fail "no metric of the witness: $(cat a.prom)"
grep -q '^assay_log_checkpoint_timestamp_seconds{' a.prom || fail "no metric of the checkpoint"
mv home/log/witness kept
expect_exit 4 gate
says '[log-witness-stale]'
mv kept home/log/witness
expect_exit 0 gate
cp home/gate.toml gate.toml
for bad in 's/^max_witness_age.*//' 's/^max_witness_age.*/&\nquorum = 2/' 's/^witnesses.*/witnesses = ["x"]/'; do
  sed "$bad" gate.toml >home/gate.toml
  expect_exit 2 gate
done
cp gate.toml home/gate.toml
for command in reproduce report html witness-request add-cosignature; do
  expect_exit 0 assay log $command --help
done
