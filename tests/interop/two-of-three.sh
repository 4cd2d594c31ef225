#!/usr/bin/env bash
# Two of three operators must sign, one by OpenPGP and one by SSH as their own programs
# do: passes with two, fails with one, and with two keys in one hand.
. "$(dirname "$0")/../common.sh"
for program in gpg ssh-keygen minisign; do
  command -v $program >/dev/null || { echo "skipped: no $program"; exit 0; }
done
export GNUPGHOME=$work/gnupg
mkdir -m 700 "$GNUPGHOME"
trap 'timeout 20 gpgconf --kill all || true; chmod -R u+rwX "$work"; rm -rf "$work"' EXIT
gpg() { timeout 60 gpg --batch --quiet --pinentry-mode loopback --passphrase '' "$@" 2>/dev/null; }

gpg --quick-generate-key 'Acme PSIRT <psirt@acme.example>' ed25519 sign never
gpg --armor --export >psirt.asc

assay init -q >/dev/null
add() { assay trust add acme --match 'agent-*' -q "$@" >/dev/null; }
add --key "$keys/acme.pub" --name acme-release --operator release
add --key "$keys/other.pub" --name acme-ci --operator release
add --key "$keys/acme-ssh.pub" --name acme-ssh --operator developers
add --key psirt.asc --name acme-psirt --operator psirt
vendor=$ASSAY_HOME/trust/vendors.d/acme.toml
grep -v '^match' "$vendor" >entry
cat entry - >"$vendor" <<'TOML'

[[product]]
name = "agent"
match = ["agent-*"]
require = "2 of [acme-release, acme-ci, acme-ssh, acme-psirt]"
TOML

good_bundle
bundle=agent-1.4.tar.gz
by_psirt() { gpg --armor --detach-sign -o $bundle.asc $bundle; }

by_psirt
expect_exit 1 assay verify $bundle
says '[insufficient-threshold]' 'signed by psirt'
sign_ssh $bundle
expect_exit 0 assay verify $bundle
says 'PASSED' 'developers, psirt'

rm $bundle.asc
expect_exit 1 assay verify $bundle
says '[insufficient-threshold]' 'signed by developers'

rm $bundle.sig
sign $bundle acme
cp $bundle.minisig first
sign $bundle other
expect_exit 1 assay verify --signature first $bundle
says '[insufficient-threshold]' 'signed by release'

by_psirt
expect_exit 0 assay verify --signature first $bundle
says 'psirt, release'
flip $bundle.asc 60
expect_exit 1 assay verify --signature first $bundle
