#!/usr/bin/env bash
# Same bundle, policy, trust, rules and --at: same core bytes, whatever the machine's mood.
# A hundred settings of time zone, locale, umask, folder, threads, mtime and path.
. "$(dirname "$0")/../common.sh"
new_home
poisoned_bundle agent-1.4.tar.gz
for i in $(seq 40); do printf 'file %s\n' "$i" >"good/etc/$i"; done
pack agent-1.4.tar.gz good
sign agent-1.4.tar.gz
at=2026-03-01T00:00:00Z
core() { sed -n 1p "$1" | jq -r .payload | base64 -d | jq -cS .predicate.core; }
expect_exit 1 assay verify -q --at $at --verdict one agent-1.4.tar.gz
core one >one.core
[ "$(wc -c <one.core)" -gt 2000 ] || fail "the core is too small to prove anything"
digest=$(tail -n 1 one | jq -r .payload | base64 -d | jq -r '.predicate["urn:assay:verdict:v1"].coreSha256')

zones=(UTC0 Asia/Tokyo America/St_Johns Pacific/Apia :/no/such/zone)
locales=(C C.UTF-8 tr_TR.UTF-8 de_DE.ISO-8859-1 '')
umasks=(0 022 027 077 0777)
same=0 n=0
while [ $n -lt 100 ]; do
  folder=$work/place-$((n % 7)) name=agent-1.4.tar.gz
  if [ ! -d "$folder" ]; then
    mkdir -p "$folder/deep er"
    cp agent-1.4.tar.gz* "$folder/deep er/"
  fi
  touch -d "@$((1000000000 + n * 7919999))" "$folder/deep er/$name"*
  case $((n % 3)) in
    0) from=$folder path="deep er/$name" ;;
    1) from=/ path="$folder/deep er/$name" ;;
    *) from="$folder/deep er" path="../deep er/./$name" ;;
  esac
  (cd "$from" && umask "${umasks[n / 5 % 5]}" &&
    TZ=${zones[n % 5]} LC_ALL=${locales[n / 3 % 5]} LANG=${locales[n % 5]} \
      timeout 60 "$ASSAY" verify -q -j $((1 + n % 4)) --at $at --format json --verdict none \
      -o "$work/out.$n" "$path") || [ $? = 1 ] || fail "setting $n"
  grep -qF "\"coreSha256\": \"$digest\"" "out.$n" || fail "setting $n has another core"
  same=$((same + 1))
  n=$((n + 1))
done
echo "$same of $n settings give the same core"

# The signed one, too; and another time is another core.
(cd / && assay verify -q -j 8 --at $at --verdict "$work/three" "$work/agent-1.4.tar.gz") || true
core three | cmp - one.core
assay verify -q --at 2026-03-02T00:00:00Z --verdict four agent-1.4.tar.gz || true
core four >four.core
! cmp -s one.core four.core || fail "the effective time is not in the core"
