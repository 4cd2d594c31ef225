#!/usr/bin/env bash
# A finding that fails a bundle is borne by a signed waiver: at verify, and at a gate that
# allows it.
. "$(dirname "$0")/../common.sh"
new_home
mkdir rules pkg
printf 'schema = "assay-rules/1"\nname = "own"\nserial = 20260101\n' >rules/pack.toml
cat >rules/own.yar <<'YAR'
rule packed {
  meta:
    id = "PACK002"
    severity = "high"
    class = "loader"
    family = "packer"
    why = "It is packed."
    remedy = "Ask the vendor."
    reference = "https://example.org/"
  strings:
    $a = "packed-helper-marker"
  condition:
    $a
}
YAR
echo packed-helper-marker >pkg/tool
tar -cf agent-1.tar pkg/tool
sign agent-1.tar

assay key new --key lead.pem -q >/dev/null
public=$(assay key show --key lead.pem -q | sed -n 2p)
{
  assay policy show baseline
  printf '[[approver]]\nname = "lead"\npublic_key = "%s"\n[waivers]\nmax_days = 60\n' "$public"
} >policy.toml
verify() { assay verify agent-1.tar --policy policy.toml --rules rules "$@"; }
waive() {
  assay waiver new agent-1.tar --rule PACK002 --member agent-1.tar!/pkg/tool --reason 'known, ticket 7' \
    --key "$@"
}

expect_exit 1 verify
says "PACK002 (high) in 'agent-1.tar!/pkg/tool'"
expect_exit 0 waive lead.pem --id WVR-7 --output w.json
expect_exit 0 assay waiver show w.json
says 'rule     PACK002' 'reason   known, ticket 7'
expect_exit 0 verify --waiver w.json
says 'PASSED' 'but 1 waived' "used WVR-7: PACK002 in 'agent-1.tar!/pkg/tool'" 'by lead'

# No gate takes it unasked.
sed -i 's/^policies *=.*/policies = ["urn:assay:policy:baseline"]/' "$ASSAY_HOME/gate.toml"
gate() { assay gate agent-1.tar --verdict agent-1.tar.verdict.jsonl; }
expect_exit 4 gate
says 'verdict-waiver' 'WVR-7'
sed -i '/^policies/a waivers = ["WVR-7"]' "$ASSAY_HOME/gate.toml"
expect_exit 0 gate

# In the home folder it needs no flag; one for another bundle is not this one's business.
mkdir "$ASSAY_HOME/waivers" && cp w.json "$ASSAY_HOME/waivers/"
expect_exit 0 verify
echo other >pkg/other && tar -cf agent-2.tar pkg/tool pkg/other && sign agent-2.tar
expect_exit 1 assay verify agent-2.tar --policy policy.toml --rules rules
rm -r "$ASSAY_HOME/waivers"

# Too long, by a stranger, or not for this policy: named, and not counted.
expect_exit 0 waive lead.pem --days 61 --output long.json
expect_exit 1 verify --waiver long.json
says 'waiver-too-long'
assay key new --key stranger.pem -q >/dev/null
expect_exit 0 waive stranger.pem --output stranger.json
expect_exit 1 verify --waiver stranger.json
says 'waiver-unapproved' 'no approver'
expect_exit 0 assay waiver sign stranger.json --key lead.pem --output both.json
expect_exit 0 verify --waiver both.json
expect_exit 1 assay verify agent-1.tar --rules rules --waiver w.json
says 'waiver-unapproved'
expect_exit 0 assay explain waiver-unapproved
expect_exit 2 verify --waiver policy.toml
says 'no waiver'

# A policy that speaks of rules there are none of is mistaken.
printf '[[rule]]\nid = "PACK02"\nseverity = "low"\n' >>policy.toml
expect_exit 2 assay policy check policy.toml
expect_exit 2 verify
says "no rule here has that id" "did you mean 'PACK002'"
sed -i 's/PACK02"/PACK002"/' policy.toml
expect_exit 0 verify
says 'no finding of severity medium or above, 1 below'
