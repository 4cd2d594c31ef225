#!/usr/bin/env bash
# What an auditor asks of the log: make that verdict again, what happened this year, show me.
. "$(dirname "$0")/../common.sh"
new_home
good_bundle; sign agent-1.4.tar.gz
poisoned_bundle agent-1.5.tar.gz; sign agent-1.5.tar.gz
expect_exit 0 assay verify agent-1.4.tar.gz
expect_exit 1 assay verify agent-1.5.tar.gz
good=agent-1.4.tar.gz.verdict.jsonl
entry=$(assay log list --kind verdict | sed -n 's/^ *\([0-9]*\) .*/\1/p' | head -n 1)

# Everything it was made by is there under its digest.
for kind in policy trust rules; do
  sha=$(sed -n 2p $good | jq -r .payload | base64 -d | jq -r --arg kind $kind \
    '.predicate | if $kind == "policy" then .policy.digest.sha256 else ."urn:assay:verdict:v1"[$kind + "Sha256"] end')
  ls -d home/log/archive/$kind/"$sha"* >/dev/null || fail "no $kind $sha in the archive"
done
expect_exit 0 assay log reproduce $good agent-1.4.tar.gz
says REPRODUCED 'program  the same' ', kept'
expect_exit 0 assay log reproduce "$entry" agent-1.4.tar.gz
expect_exit 0 assay log reproduce agent-1.5.tar.gz.verdict.jsonl agent-1.5.tar.gz

# However the home folder changes.
assay policy show strict >home/policy.toml
assay trust remove acme
mkdir home/rules && printf 'rule x { condition: false }\n' >home/rules/x.yar
expect_exit 0 assay log reproduce $good agent-1.4.tar.gz
rm -r home/rules

# What is not there is said.
expect_exit 2 assay log reproduce $good agent-1.5.tar.gz
says 'another file'
mv agent-1.4.tar.gz.minisig kept.minisig
expect_exit 1 assay log reproduce $good agent-1.4.tar.gz
says DIFFERENT signatures
mv kept.minisig agent-1.4.tar.gz.minisig
expect_exit 2 assay log reproduce "$(assay log list --kind policy | awk '{ print $1 }')" agent-1.4.tar.gz
says 'no verdict'
expect_exit 0 assay log fsck
cp -r home whole
chmod -R u+w home/log/archive
echo '# more' >>"$(find home/log/archive/policy -type f | head -n 1)"
expect_exit 5 assay log reproduce $good agent-1.4.tar.gz
expect_exit 5 assay log fsck
says 'log-damaged'
rm -rf home && cp -r whole home
chmod -R u+w home/log/archive && rm -rf home/log/archive/rules
expect_exit 3 assay log reproduce $good agent-1.4.tar.gz
says 'was not kept'
rm -rf home && cp -r whole home

# A period.
expect_exit 0 assay log note 'a sentence'
expect_exit 0 assay log revoke agent-1.5.tar.gz --reason 'it mines'
expect_exit 0 assay log report
says 'verdicts that are not PASSED: 1' 'FAILED finding' 'revocations: 1' 'it mines' \
  'changes of policy, trust store, rules and keys: 3' 'accepted by a gate without'
expect_exit 0 assay log report --from 2020-01-01 --to 2020-02-01 --format json -o none.json
[ "$(jq .entries none.json)" = 0 ] || fail "something happened in 2020"
expect_exit 0 assay log report --format json -o all.json
[ "$(jq '.kinds.verdict, (.notPassed | length)' all.json | xargs)" = '2 1' ] || fail "$(cat all.json)"

# Pages.
printf '<script>alert(1)</script>' >'agent-<img src=x>.txt' && sign 'agent-<img src=x>.txt'
assay verify -q 'agent-<img src=x>.txt' || true
expect_exit 0 assay log note '<script>alert(2)</script>'
expect_exit 0 assay log html -o pages
says '/index.html'
[ "$(find pages -type f | wc -l)" = 2 ] || fail "$(find pages)"
for page in pages/*.html; do
  grep -qiE '<script|<img|<[^>]* (src=|http-equiv="refresh)' "$page" && fail "markup of an entry in $page"
  grep -q "default-src 'none'" "$page" || fail "$page may fetch something"
  timeout 20 xmllint --nonet --noout --html "$page" 2>&1 | grep 'HTML parser error' |
    grep -vE 'Tag (main|section|header|footer|nav|time|details|summary) invalid' && fail "$page is no HTML"
done
grep -q 'entries-000000000.html' pages/index.html || fail "the index leads nowhere"
expect_exit 2 assay log html
