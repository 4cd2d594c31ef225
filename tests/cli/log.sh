#!/usr/bin/env bash
# Every way in which a log is not what it was has a reason of its own, and no
# verdict is handed out that is not in it.
. "$(dirname "$0")/../common.sh"
new_home
good_bundle
sign agent-1.4.tar.gz
verdict=agent-1.4.tar.gz.verdict
expect_exit 0 assay verify agent-1.4.tar.gz
says "logged   entry"
expect_exit 0 assay log verify
cp -r home/log yesterday
cp home/log/checkpoint yesterday.checkpoint
expect_exit 0 assay verify --nonce another agent-1.4.tar.gz
expect_exit 0 assay log note "the second day"
expect_exit 0 assay log revoke agent-1.4.tar.gz --reason "withdrawn by the vendor"
expect_exit 0 assay log list --kind revocation
says "withdrawn" "agent-1.4.tar.gz"
expect_exit 0 assay log verify
says "entries  7" "grew from"
expect_exit 0 assay log verify --since yesterday.checkpoint
says "grew from the 4 entries"
expect_exit 0 assay log fsck
expect_exit 0 assay log compare yesterday
says "one history: 7 and 4 entries"
expect_exit 0 assay log show $verdict.jsonl
says "kind     verdict" '"verificationResult": "PASSED"'
expect_exit 2 assay log show 7
expect_exit 0 assay log export -o entries.jsonl
[ "$(wc -l <entries.jsonl)" = 7 ]
tail -n 1 $verdict.jsonl | grep -qxFf - entries.jsonl || fail "the verdict is not among the entries"
expect_exit 0 assay log export --format tiles -o static
expect_exit 0 assay log fsck --log static
cp -r home whole
again() { rm -rf home && cp -r whole home; }

# refuses REASON: verify says so, and so does an append or it leaves the log as it is.
refuses() {
  expect_exit 5 assay log verify
  says "[$1]"
}
cut_end() { rm "home/log/tile/entries/000.p/7" "home/log/tile/0/000.p/7"; }
cut_end; refuses log-truncated; again
cp yesterday/checkpoint home/log/checkpoint; refuses log-rolled-back
cut_end; refuses log-truncated; again
rm -rf home/log && cp -r yesterday home/log; refuses log-rolled-back
expect_exit 5 assay verify agent-1.4.tar.gz
says "seen before"
[ ! -e $verdict.jsonl ] && [ ! -e $verdict.tlog-proof ] || fail "a verdict that is not logged"
again
flip home/log/tile/0/000.p/7 40; refuses log-damaged; again
flip home/log/tile/entries/000.p/7 100; refuses log-damaged
expect_exit 5 assay log fsck
says "log-damaged: entry 0"
again
flip home/log/checkpoint 30; expect_exit 5 assay log verify; again
touch home/log/tile/0/009
expect_exit 5 assay log fsck
says log-extra-file
again

# Another history under the log's own key.
rm -rf home/log home/state
expect_exit 0 assay init --log-name "$(sed 's/+.*//' home/keys/log.vkey)"
for i in 1 2 3 4 5 6 7 8; do assay log note "another $i" -q; done
mv home/log rewritten
again
expect_exit 5 assay log compare rewritten
says "[log-forked]"
rm -rf home/log && mv rewritten home/log
refuses log-rewritten
again

rm -rf home/log
expect_exit 5 assay verify agent-1.4.tar.gz
says "there is no log"
[ ! -e $verdict.jsonl ] || fail "a verdict without a log"
again
sed -i 's/^\[verdict\]/&\nlog_required = true/' home/policy.toml
rm -rf home/log home/keys/log.*
expect_exit 5 assay verify agent-1.4.tar.gz
says "the policy demands a log"
for command in list show verify prove fsck compare export note revoke key; do
  expect_exit 0 assay log $command --help
done

# A policy that demands an entry takes no answer without one.
again
{ assay policy show baseline; echo 'log_required = true'; } >must-log.toml
echo plain >agent-none.txt && sign agent-none.txt
expect_exit 0 assay verify agent-none.txt --policy must-log.toml
expect_exit 5 assay verify agent-none.txt --policy must-log.toml --verdict none
says 'the policy demands a log entry'
