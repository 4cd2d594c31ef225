#!/usr/bin/env bash
# assay rules import: a pack that came as a bundle is believed, checked and installed, in
# this order, and never a part of it.
. "$(dirname "$0")/../common.sh"
new_home
assay trust add rulers --key "$keys/other.pub" --name rules-2026 --match 'rules-*' -q >/dev/null

# rule NAME: a rule that finds its own name's marker.
rule() {
  printf 'rule %s {\n  meta:\n    severity = "high"\n  strings:\n    $a = "marker-of-%s"\n  condition:\n    $a\n}\n' "$1" "$1"
}
# make_pack FILE SERIAL RULE...: a pack of these rules, signed by who may sign such a name.
sign_pack() { case $1 in rules-*) sign "$1" other ;; *) sign "$1" ;; esac; }
make_pack() {
  local file=$1 serial=$2 name
  rm -rf pack && mkdir -p pack/ours-1/more pack/ours-1/samples/first/positive
  printf 'schema = "assay-rules/1"\nname = "ours"\nserial = %s\n' "$serial" >pack/ours-1/pack.toml
  for name in "${@:3}"; do rule "$name" >"pack/ours-1/more/$name.yara"; done
  echo marker-of-first >pack/ours-1/samples/first/positive/x.yar
  pack "$file" pack
  sign_pack "$file"
}
installed() { [ ! -d home/packs ] || (cd home/packs && ls -A && sha256sum ./*); }
# refused CODE TEXT [PACK]: and whatever was installed is as it was.
refused() {
  local before
  before=$(installed)
  expect_exit "$1" assay rules import "${3:-rules-2.tar.gz}"
  says "$2"
  [ "$(installed)" = "$before" ] || fail "something was installed"
}

# Nobody's signature, another one's, changed bytes: as verify refuses them.
make_pack rules-2.tar.gz 20250102 first second
mv rules-2.tar.gz.minisig kept
refused 1 no-trusted-signature
sign rules-2.tar.gz acme
refused 1 wrong-file-name
mv kept rules-2.tar.gz.minisig
flip rules-2.tar.gz 20
refused 1 bad-signature
flip rules-2.tar.gz 20
cp rules-2.tar.gz somebody-2.tar.gz && cp rules-2.tar.gz.minisig somebody-2.tar.gz.minisig
refused 1 no-vendor somebody-2.tar.gz

# Bad rules: all named, none loaded.
cp -r pack good-pack
cat >>pack/ours-1/more/first.yara <<'RULES'
rule broken { condition: $missing }
rule slow { strings: $a = /.*evil/ condition: $a }
rule unsupported { strings: $a = "abcdef" condition: #a in (100..filesize) > 2 }
RULES
pack rules-bad.tar.gz pack && sign_pack rules-bad.tar.gz
refused 2 "ours/more/first.yar:9: rule 'broken': broken: undefined string" rules-bad.tar.gz
says "ours/more/first.yar:10: rule 'slow': slow:" "PASSED" "nothing is loaded" \
  "ours/more/first.yar:11: rule 'unsupported': unsupported:"

# What is no pack.
malformed() { pack rules-odd.tar.gz pack && sign_pack rules-odd.tar.gz && refused 2 "$1" rules-odd.tar.gz; }
anew() { rm -rf pack && cp -r good-pack pack; }
anew; rm pack/ours-1/pack.toml; malformed "no pack.toml"
anew; rule outside >pack/outside.yar; malformed "'outside.yar' stands outside"
anew; rule odd >"pack/ours-1/a b.yar"; malformed "'a b.yar' is no name"
anew; cp pack/ours-1/pack.toml pack/ours-1/more/; malformed "second pack.toml"
anew; rm -r pack/ours-1/more; malformed "no rule"
anew; sed -i 's/2025..../99991231/' pack/ours-1/pack.toml; malformed "in the future"
anew; sed -i 's/2025..../20251350/' pack/ours-1/pack.toml; malformed "is no day"
anew; sed -i 's/"ours"/"..\/ours"/' pack/ours-1/pack.toml; malformed "slash"
anew; sed -i 's/"ours"/".ours"/' pack/ours-1/pack.toml; malformed "its name"
anew; (cd pack/ours-1 && tar -cf inner.yar more); malformed "of its"

# A good one scans from now on, and stands in the evidence, the list and the log.
echo marker-of-second >agent-file
sign agent-file
expect_exit 0 assay verify agent-file
expect_exit 0 assay rules import rules-2.tar.gz
says "imported ours: serial 20250102 of 2025-01-02, sha256 "
digest=${out##*sha256 }
expect_exit 0 assay rules list
says "pack ours: serial 20250102 of 2025-01-02, sha256 $digest" "second       high"
expect_exit 0 assay rules check
expect_exit 1 assay verify agent-file --format json -o report.json
jq -e --arg sha256 "$digest" '.core.rules.packs == [{name: "ours", serial: 20250102,
  date: "2025-01-02T00:00:00Z", sha256: $sha256}]' report.json >/dev/null || fail "no pack in: $(jq .core.rules report.json)"
expect_exit 1 assay verify agent-file
says "second" "pack ours 20250102"
expect_exit 0 assay log list --kind rules
says "ours"
expect_exit 0 assay log verify
entry=$(assay log list --kind rules | awk '/ours/ { print $1; exit }')
expect_exit 0 assay log show "$entry"
says '"subject"' '"ours"' '"vendor": "rulers"' "$digest" "$(sha256sum <rules-2.tar.gz | cut -d' ' -f1)"

# Never an older one, nor the same serial over other rules; the same again is fine.
refused 0 "imported ours"
make_pack rules-1.tar.gz 2025010199 first
refused 2 "[pack-older]" rules-1.tar.gz
make_pack rules-same.tar.gz 20250102 first
refused 2 "is installed with other rules" rules-same.tar.gz
make_pack agent-rules.tar.gz 20250103 first second
refused 2 "[pack-vendor]" agent-rules.tar.gz
make_pack rules-3.tar.gz 2025010201 third
expect_exit 0 assay rules import -q rules-3.tar.gz
expect_exit 0 assay verify agent-file
[ "$(ls -A home/packs)" = ours.pack ] || fail "left over: $(ls -A home/packs)"

# It must be recorded where there is a log; --rules stands in for what is imported.
expect_exit 2 assay rules import --verdict none rules-3.tar.gz
says "an import is recorded"
mkdir alone && rule alone >alone/a.yar
expect_exit 0 assay rules list alone
grep -q "pack ours" <<<"$out" && fail "--rules does not stand in"

# A pack that was changed is not used, whatever it was changed to.
cp home/packs/ours.pack whole
for change in 's/third/thirt/' 's/2025010201/2025010202/' '1s/rulers/others/' '$d' '$a rule x' '1d'; do
  sed "$change" whole >home/packs/ours.pack
  cmp -s whole home/packs/ours.pack && fail "'$change' changes nothing"
  case $change in
    1s*) refused 2 "[pack-vendor]" rules-3.tar.gz ;;
    *) expect_exit 2 assay verify agent-file; says "[pack-altered]" ;;
  esac
done
cp whole home/packs/ours.pack
chmod g+w home/packs/ours.pack
expect_exit 2 assay verify agent-file
chmod g-w home/packs/ours.pack

# Where its folder cannot be written nothing changes, and it is said.
make_pack rules-4.tar.gz 20250104 fourth
if [ "$(id -u)" != 0 ]; then
  chmod a-w home/packs
  refused 5 "cannot write" rules-4.tar.gz
  chmod u+w home/packs
fi
rm -rf home/log
refused 5 "there is no log" rules-4.tar.gz
for id in pack-altered pack-malformed pack-older pack-unsigned pack-vendor; do
  expect_exit 0 assay explain "$id"
done
