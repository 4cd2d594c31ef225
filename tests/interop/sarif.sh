#!/usr/bin/env bash
# Microsoft's SARIF multitool, with its rules for SARIF and for GitHub's code scanning, has
# nothing to say of our files: a good, a poisoned, a waived, a hostile and an undecided bundle.
# shellcheck source=tests/common.sh
. "$(dirname "$0")/../common.sh"

timeout 240 npm install --ignore-scripts --no-audit --no-fund --silent --fetch-retries=1 \
  --fetch-timeout=60000 @microsoft/sarif-multitool@5.7.0 >/dev/null 2>&1 ||
  { echo "skipped: the npm registry does not hand out @microsoft/sarif-multitool@5.7.0"; exit 77; }
multitool=node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool
chmod +x $multitool
export DOTNET_BUNDLE_EXTRACT_BASE_DIR=$work/dotnet DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1

validate() {  # validate FILE: sets $complaints
  timeout 100 $multitool validate "$1" --rule-kind 'Sarif;Ghas' --output found.sarif \
    --log ForceOverwrite >multitool.txt 2>&1 || fail "the multitool cannot read $1: $(tail -5 multitool.txt)"
  # SARIF2005 wants the URI of a home page, which there is none of.
  complaints=$(jq -r '.runs[].results[] | select(.ruleId != "SARIF2005") | "\(.ruleId) \(.level) \(.message.text // .message.id) \(.message.arguments // [] | join(" "))"' found.sarif)
}

# It does complain, when there is a reason to.
printf '{"$schema":"https://json.schemastore.org/sarif-2.1.0.json","version":"2.1.0","runs":[{"tool":{"driver":{"name":"x"}},"results":[{"message":{"text":"x"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"a b"}}}]}]}]}' >bad.sarif
validate bad.sarif
[ -n "$complaints" ] || fail "the multitool finds nothing wrong with a file that is wrong"

new_home
check() {  # check CODE BUNDLE [OPTION...]
  sign "$2"
  expect_exit "$1" assay verify "$2" --report sarif=report.sarif "${@:3}"
  validate report.sarif
  [ -z "$complaints" ] || fail "of $2: $complaints"
  checked=$((checked + 1))
}
checked=0
good_bundle; check 0 agent-1.4.tar.gz
poisoned_bundle agent-1.5.tar.gz; check 1 agent-1.5.tar.gz
for name in ']]>' '<script>' '"|`' $'\n::error::' $'\xff' $'\xe2\x80\xae' '&amp;'; do
  printf x >"good/x$name"
done
pack agent-1.6.tar.gz good; check 1 agent-1.6.tar.gz
head -c 100 agent-1.4.tar.gz >'agent-1.7 <b>.tar.gz'; check 1 'agent-1.7 <b>.tar.gz'

rm -r good && poisoned_bundle agent-1.8.tar.gz
assay key new --key lead.pem -q >/dev/null
{
  assay policy show baseline
  printf '[[approver]]\nname = "lead"\npublic_key = "%s"\n' "$(assay key show --key lead.pem -q | sed -n 2p)"
} >policy.toml
assay waiver new agent-1.8.tar.gz --rule MINER004 --member 'agent-1.8.tar.gz!/opt/config.json' --reason known \
  --key lead.pem --output w.json -q
check 0 agent-1.8.tar.gz --policy policy.toml --waiver w.json
[ "$(jq '.runs[0].results[0].suppressions | length' report.sarif)" = 1 ] || fail "the waived finding is not suppressed"
echo "the SARIF multitool has nothing to say of $checked files"
