#!/usr/bin/env bash
# What vendors make with the stock programs is believed as it comes: minisign, both
# kinds of signature, and lists by sha256sum, both kinds of line. Any byte changed
# in bundle, list or signature is not.
# shellcheck source=tests/common.sh
. "$(dirname "$0")/../common.sh"

new_home
vendor_file=$ASSAY_HOME/trust/vendors.d/acme.toml

checked=0
passes() {
  expect_exit 0 assay verify agent-1.4.tar.gz
  says 'agent-1.4.tar.gz: PASSED'
}
# refuses FILE FIRST STEP: verify says no to each of these bytes changed.
refuses() {
  local file=$1 offset size code
  size=$(stat -c %s "$file")
  cp -p "$file" "$work/whole"
  for ((offset = $2; offset < size; offset += $3)); do
    flip "$file" "$offset"
    code=0
    assay verify agent-1.4.tar.gz -q >/dev/null 2>&1 || code=$?
    [ "$code" = 1 ] || [ "$code" = 3 ] || fail "exit $code with byte $offset of $file changed"
    cp -p "$work/whole" "$file"
    checked=$((checked + 1))
  done
}
# The untrusted comment on the first line of a signature is nobody's word.
second_line() { head -n 1 "$1" | wc -c; }

mkdir normal legacy gnu bsd
good_bundle normal/agent-1.4.tar.gz
for folder in legacy gnu bsd; do cp normal/agent-1.4.tar.gz $folder/; done
middle=$(($(stat -c %s normal/agent-1.4.tar.gz) / 7))

cd normal
sign agent-1.4.tar.gz
passes
refuses agent-1.4.tar.gz 0 "$middle"
refuses agent-1.4.tar.gz.minisig "$(second_line agent-1.4.tar.gz.minisig)" 7

# A legacy signature counts only where the pin says that the vendor still makes them.
cd ../legacy
sign agent-1.4.tar.gz acme -l
expect_exit 1 assay verify agent-1.4.tar.gz
says weak-algorithm
sed -i 's/^algorithms = .*/algorithms = ["Ed"]/' "$vendor_file"
passes
refuses agent-1.4.tar.gz 0 "$middle"
refuses agent-1.4.tar.gz.minisig "$(second_line agent-1.4.tar.gz.minisig)" 7
sign agent-1.4.tar.gz
expect_exit 1 assay verify agent-1.4.tar.gz
says weak-algorithm
sed -i 's/^algorithms = .*/algorithms = ["ED"]/' "$vendor_file"

for kind in gnu bsd; do
  cd "../$kind"
  if [ $kind = gnu ]; then sha256sum agent-1.4.tar.gz; else sha256sum --tag agent-1.4.tar.gz; fi >SHA256SUMS
  expect_exit 1 assay verify agent-1.4.tar.gz # the list alone is nobody's word
  says list-unsigned
  sign SHA256SUMS
  passes
  refuses agent-1.4.tar.gz 0 "$middle"
  refuses SHA256SUMS 0 5
  refuses SHA256SUMS.minisig "$(second_line SHA256SUMS.minisig)" 11
done

echo "four signed ways believed, $checked changed bytes refused"
