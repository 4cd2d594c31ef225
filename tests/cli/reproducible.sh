#!/usr/bin/env bash
# Same bundle, policy, trust, rules and --at: same core bytes, whatever the
# machine's mood: threads, locale, folder, time zone, umask, mtime.
. "$(dirname "$0")/../common.sh"
new_home
poisoned_bundle agent-1.4.tar.gz
for i in $(seq 40); do printf 'file %s\n' "$i" >"good/etc/$i"; done
pack agent-1.4.tar.gz good
sign agent-1.4.tar.gz
core() { sed -n 1p "$1" | jq -r .payload | base64 -d | jq -cS .predicate.core; }
at=2026-03-01T00:00:00Z
assay verify -q --at $at --verdict one agent-1.4.tar.gz || true
mkdir elsewhere && cp agent-1.4.tar.gz* elsewhere/ && touch elsewhere/agent-1.4.tar.gz
(cd elsewhere && umask 0 && LC_ALL=tr_TR.UTF-8 TZ=Asia/Tokyo \
  assay verify -q -j 1 --at $at --verdict ../two agent-1.4.tar.gz) || true
assay verify -q -j 8 --at $at --verdict three agent-1.4.tar.gz || true
core one >one.core; core two >two.core; core three >three.core
cmp one.core two.core && cmp one.core three.core
[ "$(wc -c <one.core)" -gt 2000 ] || fail "the core is too small to prove anything"
# Another time is another core.
assay verify -q --at 2026-03-02T00:00:00Z --verdict four agent-1.4.tar.gz || true
core four >four.core
! cmp -s one.core four.core || fail "the effective time is not in the core"
