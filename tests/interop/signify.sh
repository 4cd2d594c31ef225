#!/usr/bin/env bash
# What signify signs is put before signify and before assay: files from beside, lists that
# carry their signature, and files signed in their own gzip header.
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

# Beside the file.
believed_by() {  # believed_by CASE SIGNIFY ASSAY WHY COMMAND...
  theirs=no
  if timeout 20 "$signify" "${@:5}" >/dev/null 2>&1; then theirs=yes; fi
  believed agent-1.4.tar.gz
  row signify "$1" "$2" "$3" "$4"
}
beside() { believed_by "$1" "$2" "$3" "${4:-}" -V -q -p acme.pub -m agent-1.4.tar.gz; }
cp plain.tar.gz agent-1.4.tar.gz
"$signify" -S -s acme.sec -m agent-1.4.tar.gz
cp agent-1.4.tar.gz.sig good.sig
beside "signed, from beside" yes yes
{ cat good.sig; echo note; } >agent-1.4.tar.gz.sig
beside "a third line" yes no "somebody would read it as signed"
sed '1s/$/ more/' good.sig >agent-1.4.tar.gz.sig
beside "the comment nobody signed changed" yes yes
"$signify" -S -s other.sec -m agent-1.4.tar.gz
beside "another key, from beside" no no
cp good.sig agent-1.4.tar.gz.sig
echo more >>agent-1.4.tar.gz
beside "changed file, from beside" no no
cp plain.tar.gz agent-1.4.tar.gz
rm agent-1.4.tar.gz.sig

# By a list that carries its signature.
listed() { believed_by "$1" "$2" "$3" "${4:-}" -C -q -p acme.pub -x SHA256.sig agent-1.4.tar.gz; }
list_of() { sha256sum --tag "$@" >SHA256; "$signify" -S -e -s "${by:-acme}.sec" -m SHA256 -x SHA256.sig; }
list_of agent-1.4.tar.gz
listed "a list signed in itself" yes yes
cp SHA256.sig signed-list
echo "SHA256 (more) = $(sha256sum <acme.pub | cut -d' ' -f1)" >>SHA256.sig
listed "a line more in it" no no
list_of plain.tar.gz
listed "a list without the file" no no
by=other list_of agent-1.4.tar.gz
listed "a list by another key" no no
{ echo note; sha256sum --tag agent-1.4.tar.gz; } >SHA256
"$signify" -S -e -s acme.sec -m SHA256 -x SHA256.sig
listed "a line in it that is none" no no
cp signed-list SHA256.sig
echo more >>agent-1.4.tar.gz
listed "changed file, by a list" no no
rm SHA256 SHA256.sig agent-1.4.tar.gz

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
