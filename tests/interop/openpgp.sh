#!/usr/bin/env bash
# What GnuPG signs is put before gpgv and before assay. assay is the stricter, but for a
# file with two signatures, of which gpgv demands both keys and assay one.
# shellcheck source=tests/common.sh
. "$(dirname "$0")/../common.sh"
# shellcheck source=tests/compare.sh
. "$SOURCE/tests/compare.sh"

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

put() {  # put NAME KEY GPGV ASSAY [WHY]: who believes agent-1.4.tar.gz.asc as it lies there
  gpg_at $then --export "$(cat "$2.fpr")" >ring.gpg
  theirs=no
  if timeout 20 gpgv --quiet --keyring "$work/ring.gpg" agent-1.4.tar.gz.asc agent-1.4.tar.gz >/dev/null 2>&1; then theirs=yes; fi
  rm -rf home
  assay init -q >/dev/null
  assay trust add acme --key "$2.asc" --name acme-pgp --match 'agent-*' -q >/dev/null
  believed agent-1.4.tar.gz
  row gpgv "$1" "$3" "$4" "${5:-}"
}

signed good -b
put "binary" good yes yes
signed rsa --armor -b
put "armour, RSA of 3072 bits" rsa yes yes
cp agent-1.4.tar.gz.asc armored
put "by a key that is not known" good no no
signed good --digest-algo SHA512 -b
put "SHA-512" good yes yes
signed good --digest-algo SHA1 -b
put "over SHA-1" good yes no "collisions are made to order"
signed small -b
put "RSA of 1024 bits" small yes no "such keys have been broken"
signed expired -b
put "expired key, older signature" expired yes no "the time it claims is its own word"
cp by-revoked agent-1.4.tar.gz.asc
put "revoked key" revoked yes no "gpgv does not ask for revocations"
signed good --textmode -b
put "text mode" good yes no "line ends would not be signed"
signed good --default-sig-expire 30d -b
put "expired signature" good no no
signed good --sig-notation '!only@vendor.example=x' -b
put "critical notation" good no no
{ echo "note"; cat armored; } >agent-1.4.tar.gz.asc
put "text before armour" rsa yes no "somebody would read it as signed"
{ cat armored; echo "note"; } >agent-1.4.tar.gz.asc
put "text after armour" rsa yes no "somebody would read it as signed"
signed good -b
cp agent-1.4.tar.gz.asc one
signed rsa -b
cat one >>agent-1.4.tar.gz.asc
put "two signatures, one key known" good no yes "each signature is judged alone; the other is a note"
signed good --sign
put "a message that holds its data" good no no
signed good -b
echo more >>agent-1.4.tar.gz
put "changed file" good no no
rm agent-1.4.tar.gz.asc

# A signed list, as releases have it.
listed() {  # listed CASE GPGV ASSAY [WHY]: who believes what SHA256SUMS.asc says of the bundle
  theirs=no
  if timeout 20 gpgv --quiet --keyring "$work/ring.gpg" SHA256SUMS.asc >/dev/null 2>&1; then theirs=yes; fi
  believed agent-1.4.tar.gz
  row gpgv "$1" "$2" "$3" "${4:-}"
}
sha256sum agent-1.4.tar.gz >SHA256SUMS.txt
gpg_at $then -u "$(cat good.fpr)" --clear-sign -o list.asc SHA256SUMS.txt
rm SHA256SUMS.txt
cp list.asc SHA256SUMS.asc
listed "a list in cleartext" yes yes
sed 's/^Hash: .*/&\nevil  other.tar.gz/' list.asc >SHA256SUMS.asc
listed "a line smuggled into its header" no no
{ echo "evil  other.tar.gz"; cat list.asc; } >SHA256SUMS.asc
listed "a line before it" yes no "sha256sum -c would take it"
{ cat list.asc; echo "evil  other.tar.gz"; } >SHA256SUMS.asc
listed "a line behind it" yes no "sha256sum -c would take it"
sed 's/^[0-9a-f]\{64\} /&x/' list.asc >SHA256SUMS.asc
listed "a changed line" no no
sha256sum agent-1.4.tar.gz >plain
gpg_at $then -u "$(cat good.fpr)" --digest-algo SHA1 --clear-sign -o SHA256SUMS.asc plain
listed "a list over SHA-1" yes no "collisions are made to order"
compared
