#!/usr/bin/env bash
# Bundles are read behind a wall; where the kernel offers less, the verdict says so
# and passes only if the policy is content with it.
. "$(dirname "$0")/../common.sh"
deny=$(dirname "$ASSAY")/deny
landlock=landlock_create_ruleset,landlock_restrict_self
EPERM=1 EINVAL=22 ENOSYS=38
new_home
good_bundle
sign agent-1.4.tar.gz

# without ERRNO CALLS COMMAND...: with these system calls denied.
without() { timeout 120 "$deny" "$1" "$2" "$ASSAY" "${@:3}"; }
level() { jq -r "$1" <<<"$out"; }
# run_part FILTER: of what the signed evidence says of this run and no other.
run_part() { sed -n 1p agent-1.4.tar.gz.verdict.jsonl | jq -r .payload | base64 -d | jq -r ".predicate.run$1"; }

# The whole wall.
expect_exit 0 assay verify --format json agent-1.4.tar.gz
[[ $(level .sandbox.level) == seccomp* ]] || fail "no wall: $(level .sandbox)"
[ "$(run_part .sandbox.level)" = "$(level .sandbox.level)" ] || fail "the verdict says $(run_part .sandbox)"
[ "$(run_part .sandbox.seccomp)" = true ] && [ "$(run_part .sandbox.noNewPrivs)" = true ]

# No wall at all.
expect_exit 3 assay verify --sandbox=off agent-1.4.tar.gz
says "INDETERMINATE" "[no-sandbox]"
expect_exit 2 assay verify --sandbox=maybe agent-1.4.tar.gz
says "never gives PASSED"

# A kernel, or a container, without seccomp: refused however the refusal is spelt.
for errno in $EPERM $EINVAL $ENOSYS; do
  expect_exit 3 without "$errno" seccomp verify agent-1.4.tar.gz
  says "INDETERMINATE" "[no-sandbox] seccomp:"
  expect_exit 3 without "$errno" "seccomp,$landlock" verify agent-1.4.tar.gz
  says "[no-sandbox] seccomp:"
done
expect_exit 0 assay explain no-sandbox
says "--sandbox=best-effort" "min_sandbox"

# Landlock alone missing: the level says so, and baseline is content; strict is not.
expect_exit 0 without $ENOSYS $landlock verify --format json agent-1.4.tar.gz
[ "$(level .sandbox.level)" = seccomp ] || fail "$(level .sandbox)"
[ "$(level '.sandbox.degraded[]')" = landlock ] || fail "$(level .sandbox)"
core=$(level .coreSha256) at=$(level .core.effectiveTime)
expect_exit 0 assay verify --format json --at "$at" agent-1.4.tar.gz
[ "$core" = "$(level .coreSha256)" ] || fail "the core depends on the machine's wall"
sha256sum agent-1.4.tar.gz >SHA256SUMS
sign SHA256SUMS
code=0; without $ENOSYS $landlock verify --policy strict agent-1.4.tar.gz >strict.txt || code=$?
grep -qF "[weak-sandbox] the bundle was read behind 'seccomp', less than 'seccomp+landlock'" strict.txt ||
  fail "strict is content with seccomp (exit $code): $(cat strict.txt)"

# best-effort goes on with what there is, and baseline does not pass it.
expect_exit 3 without $EPERM seccomp verify --sandbox=best-effort --format json agent-1.4.tar.gz
[[ $(level .sandbox.level) == landlock* || $(level .sandbox.level) == rlimits ]] || fail "$(level .sandbox)"
expect_exit 3 without $EPERM "seccomp,$landlock" verify --sandbox=best-effort agent-1.4.tar.gz
says "[weak-sandbox] the bundle was read behind 'rlimits', less than 'seccomp'"
# A finding is a finding behind any wall.
poisoned_bundle agent-1.5.tar.gz
sign agent-1.5.tar.gz
expect_exit 1 without $EPERM "seccomp,$landlock" verify --sandbox=best-effort agent-1.5.tar.gz
says "MINER004"

# A policy that is content with less passes it, if it was asked for by hand.
{ assay policy show baseline; printf '\n[examine]\nmin_sandbox = "rlimits"\n'; } >lax.toml
expect_exit 3 without $EPERM "seccomp,$landlock" verify --policy lax.toml agent-1.4.tar.gz
says "[no-sandbox]"
expect_exit 0 without $EPERM "seccomp,$landlock" verify --sandbox=best-effort --policy lax.toml agent-1.4.tar.gz
[ "$(run_part '.sandbox.degraded | join(" ")')" = "seccomp landlock" ] || fail "$(run_part .sandbox)"
expect_exit 3 assay verify --sandbox=off --policy lax.toml agent-1.4.tar.gz
says "[no-sandbox]"
for wrong in none off seccomp7 ''; do
  { assay policy show baseline; printf '\n[examine]\nmin_sandbox = "%s"\n' "$wrong"; } >wrong.toml
  expect_exit 2 assay policy check wrong.toml
  says "wrong.toml:" "one of rlimits, landlock, seccomp, seccomp+landlock"
done

# A gate may want a stronger wall than the policy was content with.
gate() { assay gate agent-1.4.tar.gz --verdict agent-1.4.tar.gz.verdict.jsonl; }
expect_exit 0 without $ENOSYS $landlock verify agent-1.4.tar.gz
sed -i '/^max_age/a min_sandbox = "seccomp"' home/gate.toml
expect_exit 0 gate
sed -i 's/^min_sandbox.*/min_sandbox = "seccomp+landlock"/' home/gate.toml
expect_exit 4 gate
says '[verdict-sandbox]'
