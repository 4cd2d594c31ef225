#!/usr/bin/env bash
# Checksum lists as sha256sum, b2sum and shasum write them, with and without --tag, signed:
# put before the program that wrote them and before assay.
# shellcheck source=tests/common.sh
. "$(dirname "$0")/../common.sh"
# shellcheck source=tests/compare.sh
. "$SOURCE/tests/compare.sh"

new_home
bundle=agent-1.4.tar.gz
good_bundle $bundle
echo other >other.txt
cp $bundle whole

put() {  # put CASE PROGRAM THEIRS ASSAY [WHY]: who believes SUMS of the bundle
  theirs=no
  if timeout 20 "${2%% *}" -c "$list" >/dev/null 2>&1; then theirs=yes; fi
  sign "$list"
  believed $bundle
  rm -f "$list.minisig"
  row "${2%% *}" "$1" "$3" "$4" "${5:-}"
}
list=SHA256SUMS
digest=$(sha256sum <$bundle | cut -d' ' -f1)
sha512=$(sha512sum <$bundle | cut -d' ' -f1)

for writer in "sha256sum" "sha256sum --tag" "sha256sum -b" "shasum -a 256" "shasum -a 256 --tag" "shasum -a 256 -b"; do
  $writer other.txt $bundle >$list
  put "$writer" "$writer" yes yes
  echo more >>$bundle
  put "$writer, file changed" "$writer" no no
  cp whole $bundle
done
rm $list
list=SHA512SUMS
for writer in "sha512sum --tag" "sha384sum --tag" "shasum -a 512" "shasum -a 512 --tag" "shasum -a 384 --tag"; do
  $writer other.txt $bundle >$list
  put "$writer" "$writer" yes yes
done
rm $list
list=B2SUMS
b2sum --tag other.txt $bundle >$list
put "b2sum --tag" b2sum yes yes
b2sum $bundle >$list
put "b2sum" b2sum yes yes
rm $list

list=SHA256SUMS
for writer in "md5sum --tag" "sha1sum --tag" "shasum -a 1 --tag"; do
  $writer $bundle >$list
  put "$writer" "$writer" yes no "MD5 and SHA-1 prove nothing"
done
sha224sum --tag $bundle >$list
put "sha224sum --tag" sha224sum yes no "shorter than what counts here"
shasum -a 512256 $bundle >$list
put "shasum -a 512256" "shasum" no no
{ echo "hello"; sha256sum $bundle; } >$list
put "a line that is none" sha256sum yes no "what stands there could be read by somebody"
{ sha256sum $bundle; sha256sum --tag other.txt; } >$list
put "two grammars in one list" sha256sum yes no "one form to a list"
{ sha256sum $bundle; sha256sum $bundle; } >$list
put "the same line twice" sha256sum yes yes
{ sha256sum $bundle; echo "${digest//[0-9]/0}  $bundle"; } >$list
put "two digests for the file" sha256sum no no
echo "${digest^^}  $bundle" >$list
put "upper-case digits" sha256sum yes yes
printf '%s  %s\r\n' "$digest" $bundle >$list
put "CRLF" sha256sum yes yes
printf '%s  ./%s\n' "$digest" $bundle >$list
put "./ before the name" sha256sum yes yes
printf '%s  sub/../%s\n' "$digest" $bundle >$list
mkdir sub
put "a path to the name" sha256sum yes no "another file may lie there"
rmdir sub
printf '\\%s  %s\n' "$digest" $bundle >$list
put "an escaped name" sha256sum yes yes
sha256sum other.txt >$list
put "a list without the file" sha256sum yes no "it says nothing of the file"
: >$list
put "an empty list" sha256sum no no
printf 'SHA512 (%s) = %s\n' $bundle "$sha512" >$list
put "SHA-512 in SHA256SUMS" sha512sum yes yes
rm -f SHA256SUMS
list=hashes.txt
printf '%s, %s\n' $bundle "$digest" >$list
put "NAME, DIGEST" sha256sum no yes "hashes.txt of some projects has this form"
compared
