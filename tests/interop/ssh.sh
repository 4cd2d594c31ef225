#!/usr/bin/env bash
# What ssh-keygen -Y signs is put before ssh-keygen and before assay.
# shellcheck source=tests/common.sh
. "$(dirname "$0")/../common.sh"
# shellcheck source=tests/compare.sh
. "$SOURCE/tests/compare.sh"

bundle=agent-1.4.tar.gz
good_bundle $bundle
cp $bundle whole
new_key() { timeout 60 ssh-keygen -q -t "$2" -N '' -C acme -f "$1" "${@:3}" </dev/null; }
new_key ed ed25519
new_key rsa rsa -b 3072
new_key curve ecdsa
new_key small rsa -b 1024
new_key other ed25519
signed() {  # signed KEY [NAMESPACE [OPTION...]]: agent-1.4.tar.gz.sig
  rm -f $bundle.sig
  timeout 20 ssh-keygen -Y sign -q -n "${2:-file}" -f "$1" "${@:3}" $bundle 2>/dev/null
}
allow() { printf 'acme %s%s\n' "$2" "$(cat "$1.pub")" >allowed; }  # allow KEY OPTIONS

put() {  # put CASE KEY SSH-KEYGEN ASSAY [WHY]: by the file `allowed`, and the pin of KEY
  theirs=no
  if timeout 20 ssh-keygen -Y verify -q -f allowed -I acme -n file -s $bundle.sig <$bundle >/dev/null 2>&1; then
    theirs=yes
  fi
  rm -rf home
  assay init -q >/dev/null
  # shellcheck disable=SC2086
  assay trust add acme --key "$2.pub" --name acme-ssh --match 'agent-*' ${pin:-} -q >/dev/null 2>&1 || true
  believed $bundle
  row "ssh-keygen -Y" "$1" "$3" "$4" "${5:-}"
}

for key in ed rsa curve; do
  allow $key ""
  signed $key
  put "signed, $key" $key yes yes
  signed $key file -O hashalg=sha256
  put "signed by SHA-256, $key" $key yes yes
  echo more >>$bundle
  put "changed file, $key" $key no no
  cp whole $bundle
done
allow small ""
signed small
put "RSA of 1024 bits" small yes no "such keys have been broken"
allow ed ""
signed other
put "another key" ed no no
signed ed git
put "made for git" ed no no
signed ed
cp $bundle.sig good.sig
{ cat good.sig; echo note; } >$bundle.sig
put "text behind it" ed yes no "somebody would read it as signed"
{ echo note; cat good.sig; } >$bundle.sig
put "text before it" ed no no
{ cat good.sig good.sig; } >$bundle.sig
put "two in one file" ed yes no "one file, one signature"
cp good.sig $bundle.sig
pin="--until 2020-01-01"
allow ed 'valid-before="20200101Z" '
put "a key whose time is over" ed no no
printf 'acme %s\n' "$(cat ed.pub)" >>allowed
put "the same, and a line without a time" ed yes no "a pin has one window; a second line does not lift it"
pin=
printf 'acme no key\nacme %s\n' "$(cat ed.pub)" >allowed
put "a line that is none before the key's" ed yes yes
sed -i '1s/^/[[key]]\n/' home/trust/vendors.d/acme.toml
believed $bundle
theirs=yes
row "ssh-keygen -Y" "the like in a vendor file" yes no "what cannot be read may be a revocation"
theirs=no
if timeout 20 ssh-keygen -Y check-novalidate -q -n file -s good.sig <$bundle >/dev/null 2>&1; then theirs=yes; fi
rm -rf home
assay init -q >/dev/null
believed $bundle
row "ssh-keygen -Y" "check-novalidate, no key at all" yes no "whose signature it is, is the question"
compared
