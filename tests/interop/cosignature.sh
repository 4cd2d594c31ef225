#!/usr/bin/env bash
# A witness's cosignature by its specification (C2SP tlog-cosignature, type 0x04), checked by
# openssl: "cosignature/v1", the time, and the whole checkpoint; refused with a byte changed.
# shellcheck source=tests/common.sh
. "$(dirname "$0")/../common.sh"
new_home
assay log note one -q >/dev/null
mkdir -p there/keys && assay key new --key there/keys/witness.pem -q >/dev/null
name=witness.example/w1
assay log witness-request -o request
assay witness sign request --home there --name $name --vkey "$(assay log key)" -o answer
grep -qE "^— $name [A-Za-z0-9+/]+=*\$" answer || fail "$(cat answer)"
awk '{ print $3 }' answer | base64 -d >blob
[ "$(wc -c <blob)" = 76 ] || fail "a cosignature of $(wc -c <blob) bytes"

# The key's id: SHA-256 of name, newline, type and key.
openssl pkey -in there/keys/witness.pem -pubout -outform DER | tail -c 32 >public
{ printf '%s\n\004' $name; cat public; } | sha256sum | cut -c 1-8 >id
[ "$(head -c 4 blob | od -An -tx1 | tr -d ' \n')" = "$(cat id)" ] || fail "the key's id is another one"
[ "$(assay witness key --home there --name $name)" = \
  "$name+$(cat id)+$({ printf '\004'; cat public; } | base64 -w0)" ] || fail "the key is spelled otherwise"

time=$(tail -c +5 blob | head -c 8 | od -An -tu8 --endian=big | tr -d ' ')
[ $(($(date +%s) - time)) -lt 300 ] || fail "the time is $time"
{ printf 'cosignature/v1\ntime %s\n' "$time"; sed '/^$/,$d' home/log/checkpoint; } >message
tail -c 64 blob >sig
openssl pkey -in there/keys/witness.pem -pubout -out public.pem
accepts() { timeout 20 openssl pkeyutl -verify -pubin -inkey public.pem -rawin -in message -sigfile sig >/dev/null 2>&1; }
accepts || fail "openssl refuses the cosignature"
for offset in 0 20 40 60; do
  flip message $offset
  ! accepts || fail "openssl accepts it with byte $offset changed"
  flip message $offset
done
accepts
echo "openssl accepts the cosignature and refuses 4 changed messages"
