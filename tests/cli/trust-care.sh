#!/usr/bin/env bash
# Tending the store: what runs out, what is revoked, whose a key is.
. "$(dirname "$0")/../common.sh"
new_home
good_bundle
sign agent-1.4.tar.gz
expect_exit 0 assay verify agent-1.4.tar.gz

expect_exit 0 assay trust check
says "warning vendor acme: 'reviewed' does not say who compared the keys"
expect_exit 0 assay trust explain acme-2026
says "is pinned for vendor acme" "require  1 of [*]" "seen     first 20"
id=$(sed -n 's/^id       //p' <<<"$out")
expect_exit 0 assay trust explain "${id:0:20}"
expect_exit 2 assay trust explain 0123456789abcdef
says "proves nothing"

# A key that speaks for the first time is told, once, and needs no state that can be kept.
expect_exit 0 assay trust add acme --key "$keys/other.pub" --name acme-2027 --match 'agent-*'
expect_exit 0 assay trust explain acme-2027
says "seen     never in anything accepted here"
sign agent-1.4.tar.gz other
expect_exit 0 assay verify agent-1.4.tar.gz
says "note: key 'acme-2027' speaks here for the first time; 'acme-2026' has since 20"
expect_exit 0 assay verify agent-1.4.tar.gz
! grep -q '^note:' <<<"$out" || fail "a key speaks for the first time twice"
rm -r home/state
echo "no folder" >home/state
expect_exit 0 assay verify agent-1.4.tar.gz --verdict none
rm home/state
assay trust remove acme acme-2027 >/dev/null
sign agent-1.4.tar.gz
expect_exit 0 assay verify agent-1.4.tar.gz

expect_exit 2 assay trust revoke acme acme-2025
says "did you mean 'acme-2026'?"
expect_exit 2 assay trust revoke acme acme-2026 --reason bored
expect_exit 0 assay trust revoke acme acme-2026 --at 2026-01-01
[ -s home/trust/revoked.d/2026-01-01-acme-2026.toml ] || fail "no revocation was written"
expect_exit 2 assay trust revoke acme acme-2026 --at 2026-01-01
expect_exit 1 assay verify agent-1.4.tar.gz
says '[revoked-key]'
expect_exit 1 assay trust check
says "error   product acme: cannot pass"

# A floor that what was accepted before raises, and a store that may not be asked too much.
rm -r home/trust/revoked.d
vendor=home/trust/vendors.d/acme.toml
{
  grep -v '^match' $vendor
  printf '[[product]]\nname = "agent"\nmatch = ["agent-*"]\n'
  printf 'version = { pattern = "agent-{version}.tar.gz", floor = "1.0", learn = true }\n'
} >entry
cp entry $vendor
expect_exit 0 assay verify agent-1.4.tar.gz
says "product agent; version 1.4"
expect_exit 0 assay verify --at 2026-06-01T00:00:00Z agent-1.4.tar.gz  # a look back is no wrong clock
cp agent-1.4.tar.gz agent-1.3.tar.gz
sign agent-1.3.tar.gz
expect_exit 1 assay verify agent-1.3.tar.gz
says '[below-floor]' '1.3 is older than 1.4, the version accepted here before'
printf 'require = "2 of [*]"\n' >>$vendor
sed -i '/^version/d' $vendor
expect_exit 2 assay verify agent-1.4.tar.gz
says "demands more than the operators of these keys can give"
