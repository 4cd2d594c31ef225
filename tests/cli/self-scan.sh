#!/usr/bin/env bash
# The program and its source tree, rules and tests included, scan clean.
. "$(dirname "$0")/../common.sh"
mkdir tree
git -C "$SOURCE" ls-files -z 2>/dev/null | tar -C "$SOURCE" --null -T - -cf - | tar -C tree -xf - ||
  cp -r "$SOURCE"/{cmd,lib,policies,tests,testdata,man,README.md,CMakeLists.txt} tree/
[ "$(find tree -type f | wc -l)" -gt 100 ] || fail "the tree is not there"
expect_exit 0 assay scan --policy strict tree
says " 0 problems"
tail -n 1 <<<"$out"
expect_exit 0 assay scan --policy strict "$ASSAY"
tail -n 1 <<<"$out"
