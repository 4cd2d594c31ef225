#!/usr/bin/env bash
# A new verdict key: the log says so under both signatures, gates take both for a while, and
# one that leaked is revoked. A key on a token is another program's.
. "$(dirname "$0")/../common.sh"
new_home
good_bundle; sign agent-1.4.tar.gz
gate() { assay gate agent-1.4.tar.gz --verdict agent-1.4.tar.gz.verdict.jsonl "$@"; }
expect_exit 0 assay verify agent-1.4.tar.gz
old=$(assay key show -q | openssl pkey -pubin -outform DER | sha256sum | cut -d ' ' -f 1)
expect_exit 0 assay key rotate --reason 'yearly' --overlap 2d
says 'signed by both' 'valid_until'
snippet=$(sed -n '/^\[\[key/,$p' <<<"$out")
new=$(assay key show -q | openssl pkey -pubin -outform DER | sha256sum | cut -d ' ' -f 1)
[ "$old" != "$new" ] || fail "the key is the old one"
entry=$(assay log list --kind key-change | awk '{ print $1 }')
assay log show "$entry" --format raw >entry.json
jq -r '.signatures[].keyid' entry.json | sort >ids
printf '%s\n' "$old" "$new" | sort | cmp - ids || fail "not signed by both"
type=$(jq -r .payloadType entry.json)
jq -r .payload entry.json | base64 -d >payload
jq -r .predicate.publicKey payload | openssl pkey -pubin -outform DER | sha256sum | grep -q "$new" ||
  fail "the entry does not hold the new key"
{ printf 'DSSEv1 %d %s %d ' ${#type} "$type" "$(wc -c <payload)"; cat payload; } >pae
for n in 0 1; do
  id=$(jq -r ".signatures[$n].keyid" entry.json)
  jq -r ".signatures[$n].sig" entry.json | base64 -d >sig
  file=home/keys/verdict.pub.pem
  [ "$id" = "$new" ] || file=home/keys/verdict-${old:0:8}.pub.pem
  timeout 20 openssl pkeyutl -verify -pubin -inkey "$file" -rawin -in pae -sigfile sig >/dev/null ||
    fail "openssl does not take signature $n"
done

# The gate takes nothing until it is told, then both keys for a while, then the new one; one
# that leaked never.
expect_exit 4 gate
says '[envelope-signature]'
cp agent-1.4.tar.gz.verdict.jsonl by-old.jsonl; cp agent-1.4.tar.gz.verdict.tlog-proof by-old.tlog-proof
expect_exit 0 assay verify agent-1.4.tar.gz
expect_exit 4 gate
sed -i '/^\[\[key\]\]/,/^verifier/d' home/gate.toml && echo "$snippet" >>home/gate.toml
expect_exit 0 gate
expect_exit 0 assay gate agent-1.4.tar.gz --verdict by-old.jsonl
later=$(date -u -d '+3 days' +%Y-%m-%dT%H:%M:%SZ)
expect_exit 0 gate --at "$later"
expect_exit 4 assay gate agent-1.4.tar.gz --verdict by-old.jsonl --at "$later"
says '[verdict-key-window]'
expect_exit 0 assay log revoke home/keys/verdict-"${old:0:8}".pub.pem --reason leaked
expect_exit 4 assay gate agent-1.4.tar.gz --verdict by-old.jsonl
says '[verdict-revoked]' leaked
expect_exit 0 gate
expect_exit 0 assay log report
says 'changes of policy, trust store, rules and keys'

# Signed elsewhere: what a token's program would do, with openssl for the token.
mv home/keys/verdict.pem token.pem
cat >signer <<'SH'
#!/bin/sh
cat >"$0.message"
exec openssl pkeyutl -sign -inkey "$1" -rawin -in "$0.message"
SH
chmod +x signer
expect_exit 0 assay verify agent-1.4.tar.gz --sign-command "$work/signer $work/token.pem"
says 'PASSED' 'logged'
expect_exit 0 gate
expect_exit 0 assay log note 'by the token' --sign-command "$work/signer $work/token.pem"
expect_exit 2 assay verify agent-1.4.tar.gz --sign-command "signer token.pem"
says 'absolute path'
for broken in /bin/false /bin/true "/bin/cat" "$work/signer $keys/acme-ci.key"; do
  expect_exit 2 assay verify agent-1.4.tar.gz --sign-command "$broken"
  [ ! -e agent-1.4.tar.gz.verdict.jsonl ] || fail "a verdict that $broken signed"
done
