#!/usr/bin/env bash
# What GnuPG signs is put before gpgv and before assay. Where they differ it is meant, and
# stands here: assay is the stricter, but for a file with two signatures, of which gpgv
# demands both keys and assay one.
# shellcheck source=tests/common.sh
. "$(dirname "$0")/../common.sh"

export GNUPGHOME=$work/gpg
mkdir -m 700 gpg
trap 'timeout 20 gpgconf --kill all || true; chmod -R u+rwX "$work"; rm -rf "$work"' EXIT

gpg_at() {  # gpg_at TIME ARGUMENT...
  timeout 30 gpg --batch --yes --quiet --no-tty --pinentry-mode loopback --passphrase '' --trust-model always \
    --allow-weak-digest-algos --faked-system-time "$1!" "${@:2}" 2>/dev/null
}
then=20250101T000000
new_key() {  # new_key NAME ALGORITHM [EXPIRY]: its fingerprint in NAME.fpr, certificate in NAME.asc
  gpg_at $then --status-fd 3 --quick-gen-key "$1 <$1@vendor.example>" "$2" sign,cert "${3:-0}" 3>status
  awk '$2 == "KEY_CREATED" { print $4 }' status >"$1.fpr"
  publish "$1"
}
publish() { gpg_at $then --armor --export "$(cat "$1.fpr")" >"$1.asc"; }
signed() {  # signed NAME OPTION...: agent-1.4.tar.gz.asc by that key
  gpg_at $then -u "$(cat "$1.fpr")" "${@:2}" -o agent-1.4.tar.gz.asc agent-1.4.tar.gz
}

good_bundle
new_key rsa rsa3072
new_key small rsa1024
new_key expired ed25519 20250601T000000
new_key revoked ed25519
new_key good ed25519
signed revoked -b
cp agent-1.4.tar.gz.asc by-revoked
sed 's/^:-----/-----/' "gpg/openpgp-revocs.d/$(cat revoked.fpr).rev" >revocation
gpg_at $then --import revocation
publish revoked

both=0 differences=0
row() {  # row NAME KEY GPGV ASSAY: who believes agent-1.4.tar.gz.asc as it lies there
  local gpgv=no assay=no
  gpg_at $then --export "$(cat "$2.fpr")" >ring.gpg
  if timeout 20 gpgv --quiet --keyring "$work/ring.gpg" agent-1.4.tar.gz.asc agent-1.4.tar.gz >/dev/null 2>&1; then gpgv=yes; fi
  rm -rf home report.json
  assay init -q >/dev/null
  assay trust add acme --key "$2.asc" --name acme-pgp --match 'agent-*' -q >/dev/null
  assay verify agent-1.4.tar.gz -q --verdict none --format json -o report.json >/dev/null 2>&1 || true
  if jq -e 'any(.core.signatures[]; .verified)' report.json >/dev/null; then assay=yes; fi
  printf '%-34s gpgv %-3s assay %-3s %s\n' "$1" $gpgv $assay \
    "$(jq -r '[.core.signatures[] | .reason // empty | select(. != "")] | join(" ")' report.json)"
  [ "$gpgv/$assay" = "$3/$4" ] || fail "$1: gpgv $gpgv, assay $assay"
  if [ $gpgv = $assay ]; then both=$((both + 1)); else differences=$((differences + 1)); fi
}

signed good -b
row "binary" good yes yes
signed rsa --armor -b
row "armour, RSA of 3072 bits" rsa yes yes
cp agent-1.4.tar.gz.asc armored
row "by a key that is not known" good no no
signed good --digest-algo SHA512 -b
row "SHA-512" good yes yes
signed good --digest-algo SHA1 -b
row "over SHA-1" good yes no
signed small -b
row "RSA of 1024 bits" small yes no
signed expired -b
row "expired key, older signature" expired yes no
cp by-revoked agent-1.4.tar.gz.asc
row "revoked key" revoked yes no
signed good --textmode -b
row "text mode" good yes no
signed good --default-sig-expire 30d -b
row "expired signature" good no no
signed good --sig-notation '!only@vendor.example=x' -b
row "critical notation" good no no
{ echo "note"; cat armored; } >agent-1.4.tar.gz.asc
row "text before armour" rsa yes no
{ cat armored; echo "note"; } >agent-1.4.tar.gz.asc
row "text after armour" rsa yes no
signed good -b
cp agent-1.4.tar.gz.asc one
signed rsa -b
cat one >>agent-1.4.tar.gz.asc
row "two signatures, one key known" good no yes
signed good --sign
row "a message that holds its data" good no no
signed good -b
echo more >>agent-1.4.tar.gz
row "changed file" good no no
echo "agreed on $both, differences that are meant: $differences"
