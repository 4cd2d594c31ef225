#!/usr/bin/env bash
# The man pages are clean, and assay.1 knows every command, format and exit code.
. "$(dirname "$0")/common.sh"
mandoc -Tlint -Wwarning "$SOURCE"/man/*.[15]
plain() { mandoc -Tascii "$SOURCE/man/$1" | sed 's/.\x08//g'; }
page=$(plain assay.1)
for command in $(assay --help | sed -n '/^Subcommands:/,/^$/p' | awk 'NR > 1 && NF { print $1 }'); do
  grep -q "assay $command" <<<"$page" || fail "assay.1 does not describe 'assay $command'"
done
for name in $(assay formats | sed '/^requirements/,$d' | awk '{ $1 = ""; print }'); do
  grep -qw -- "$name" <<<"$page" || fail "assay.1 does not name the format '$name'"
done
policy=$(plain assay-policy.5)
for requirement in $(assay formats | sed '1,/^requirements/d' | awk '{ print $1 }'); do
  grep -qw -- "$requirement" <<<"$policy" || fail "assay-policy.5 does not name '$requirement'"
done
