#!/usr/bin/env bash
# assay rules: a pack is checked whole, and nothing of a bad one is loaded; a good one
# scans beside the rules the program carries.
. "$(dirname "$0")/../common.sh"

mkdir bad
cat >bad/a.yar <<'RULES'
rule fine { strings: $a = "abcdefgh" condition: $a }

rule broken {
  strings:
    $a = "abcdef"
  condition:
    $a and $missing
}

rule slow {
  strings:
    $re = /.*evil/
  condition:
    $re
}

rule unsupported {
  strings:
    $a = "abcdef"
  condition:
    #a in (100..filesize) > 2
}
RULES
expect_exit 2 assay rules check bad
says "bad/a.yar:7: rule 'broken': broken: undefined string" "7 |     \$a and \$missing" \
  "bad/a.yar:12: rule 'slow': slow:" "bad/a.yar:21: rule 'unsupported': unsupported:" \
  "nothing is loaded"
echo harmless >file
expect_exit 2 assay scan --rules bad file
says "bad/a.yar:7:" "nothing is loaded"

mkdir -p good/samples/telemetry/positive good/samples/telemetry/near-miss
cat >good/pack.toml <<'PACK'
schema = "assay-rules/1"
name = "ours"
serial = 20261124
PACK
cat >good/a.yar <<'RULES'
rule telemetry {
  meta:
    severity = "high"
    description = "Our telemetry client, which must not ship."
  strings:
    $a = "telemetry.example"
    $b = "POST"
  condition:
    all of them
}
RULES
expect_exit 0 assay rules check good
says "fine: "
expect_exit 0 assay rules list good
says "telemetry    high     third-party        ours" "MINER001"
printf 'POST telemetry.example' >client
expect_exit 1 assay scan --rules good client
says telemetry "Our telemetry client"
poisoned_bundle bad.tar.gz
expect_exit 1 assay scan --rules good bad.tar.gz
says MINER004
expect_exit 2 assay rules test good
says "no sample"
cp client good/samples/telemetry/positive/client
expect_exit 1 assay rules test good
says "telemetry: no near-miss sample"
echo GET telemetry.example >good/samples/telemetry/near-miss/client
expect_exit 0 assay rules test good
cp client good/samples/telemetry/near-miss/other
expect_exit 1 assay rules test good
says "near-miss/other: telemetry finds it"
expect_exit 0 assay rules bench --rules good client
says "MB/s together"

# A pack that bears the shipped one's name takes its place, unless it is older.
sed -i 's/"ours"/"assay"/; s/serial = .*/serial = 20200101/' good/pack.toml
expect_exit 2 assay rules check good
says "older than the one the program carries"

# libyara's modules read hostile files; a policy can allow one.
mkdir module
printf 'import "pe"\nrule p { condition: pe.is_pe }\n' >module/p.yar
expect_exit 2 assay rules check module
says "module/p.yar:2: rule 'p': module:"
assay policy show baseline >policy.toml
printf '\n[rules]\nmodules = ["pe"]\n' >>policy.toml
expect_exit 0 assay rules check --policy policy.toml module
