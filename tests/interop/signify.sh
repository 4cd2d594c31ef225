#!/usr/bin/env bash
# Files that signify signs in their own gzip header are put before signify and before
# assay; then changed where they can be.
# shellcheck source=tests/common.sh
. "$(dirname "$0")/../common.sh"
# shellcheck source=tests/compare.sh
. "$SOURCE/tests/compare.sh"

signify=$(command -v signify-openbsd || command -v signify)
"$signify" -G -n -c acme -p acme.pub -s acme.sec
"$signify" -G -n -c other -p other.pub -s other.sec
assay init -q >/dev/null
assay trust add acme --key acme.pub --name acme-signify --match 'agent-*' -q >/dev/null
good_bundle plain.tar.gz
head -c 300000 /dev/urandom >good/usr/random
pack large.tar.gz good
bundle=agent-1.4.tgz

put() {  # put CASE SIGNIFY ASSAY [WHY]
  theirs=no
  if timeout 20 "$signify" -V -q -z -p acme.pub -x $bundle -m taken >/dev/null 2>&1; then theirs=yes; fi
  believed $bundle
  row signify "$1" "$2" "$3" "${4:-}"
}
sign_z() { timeout 20 "$signify" -S -z -s "$1.sec" -m "$2" -x $bundle "${@:3}"; }
# header BYTES: the first bytes of the signed file by others.
header() { { printf '%b' "$1"; tail -c +11 signed; } >$bundle; }

cp plain.tar.gz $bundle
put "not signed" no no
sign_z acme plain.tar.gz
put "signed, one block" yes yes
expect_exit 0 assay verify $bundle --verdict none
says "signify-gzip key"
expect_exit 0 assay inspect $bundle
says "in it: $bundle (signify-gzip)"
sign_z acme plain.tar.gz -n
put "without a time" yes yes
sign_z other plain.tar.gz
put "another key" no no
sign_z acme large.tar.gz
cp $bundle signed
put "signed, five blocks" yes yes
blocks=$(tr '\0' '\n' <signed | grep -aEc '^[0-9a-f]{64}$')
[ "$blocks" -ge 5 ] || fail "only $blocks blocks"
end=$(LC_ALL=C grep -obUaP '\x00' signed | sed -n 6p | cut -d: -f1) # behind four NULs of time and one of effort
size=$(stat -c %s signed)
for place in 3 60 $((end - 5)) $((end + 1)) $(((size + end) / 2)) $((size - 1)); do
  cp signed $bundle
  flip $bundle "$place"
  put "byte $place changed" no no
done
truncate -s $((end + 1 + 65536)) $bundle
put "cut behind a block" no no
{ cat signed; cat plain.tar.gz; } >$bundle
put "a second gzip behind it" no no
header '\x1f\x8b\x08\x10\x01\x00\x00\x00\x00\x03'
put "a time in the header" yes no "nobody signed it"
header '\x1f\x8b\x08\x10\x00\x00\x00\x00\x00\xff'
put "another system in the header" yes no "nobody signed it"
header '\x1f\x8b\x08\x18\x00\x00\x00\x00\x00\x03../x\x00'
put "a name in the header" yes no "nobody signed it, and gunzip -N writes there"
compared
