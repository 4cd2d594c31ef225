#!/usr/bin/env bash
# A verdict needs no assay to be checked: openssl, jq and sha256sum do it, DSSE by
# its specification. Both envelopes, of a good bundle and of a poisoned one.
# shellcheck source=tests/common.sh
. "$(dirname "$0")/../common.sh"

new_home
public=$ASSAY_HOME/keys/verdict.pub.pem

# take_apart VERDICT LINE: payload, sig and pae of one envelope.
take_apart() {
  local type
  sed -n "$2p" "$1" >envelope
  type=$(jq -r .payloadType envelope)
  jq -r .payload envelope | base64 -d >payload
  jq -r '.signatures[0].sig' envelope | base64 -d >sig
  { printf 'DSSEv1 %d %s %d ' ${#type} "$type" "$(stat -c %s payload)"; cat payload; } >pae
}
accepts() {
  timeout 20 openssl pkeyutl -verify -pubin -inkey "$public" -rawin -in pae -sigfile sig >/dev/null 2>&1
}
refuses() {  # refuses FILE OFFSET: with that byte changed
  cp "$1" whole
  flip "$1" "$2"
  ! accepts || fail "openssl accepts $1 with byte $2 changed"
  cp whole "$1"
}

good_bundle agent-1.4.tar.gz
poisoned_bundle agent-1.5.tar.gz
key_id=$(openssl pkey -pubin -in "$public" -outform DER | sha256sum | cut -d ' ' -f 1)
for bundle in agent-1.4.tar.gz agent-1.5.tar.gz; do
  sign $bundle
  assay verify $bundle -q || [ $bundle = agent-1.5.tar.gz ]
  verdict=$bundle.verdict.jsonl
  [ "$(wc -l <$verdict)" = 2 ] || fail "$verdict has not two lines"
  for line in 1 2; do
    take_apart $verdict $line
    accepts || fail "openssl refuses line $line of $verdict"
    for offset in 0 7 $(($(stat -c %s pae) / 2)) $(($(stat -c %s pae) - 1)); do
      refuses pae "$offset"
    done
    for offset in 0 31 32 63; do refuses sig $offset; done
    [ "$(jq -r '.signatures[0].keyid' envelope)" = "$key_id" ] || fail "the keyid is not the key's"
    [ "$(jq -r '.subject[0].digest.sha256' payload)" = "$(sha256sum <$bundle | cut -d ' ' -f 1)" ] ||
      fail "line $line of $verdict is not about $bundle"
    [ $line = 2 ] || evidence=$(tr -d '\n' <envelope | sha256sum | cut -d ' ' -f 1)
  done
  # The summary, the second line, names the first by its digest.
  [ "$(jq -r '.predicate.inputAttestations[0].digest.sha256' payload)" = "$evidence" ] ||
    fail "the summary of $bundle names other evidence"
done
[ "$(jq -r .predicate.verificationResult payload)" = FAILED ] || fail "the poisoned bundle did not fail"

echo "openssl accepts 4 envelopes and refuses 32 with a changed byte"
