#!/usr/bin/env bash
# Names and comments of a bundle reach the terminal only made printable.
. "$(dirname "$0")/../common.sh"
new_home
mkdir good
printf 'x' >$'good/\x1b[2Jcleared\nPASSED'
printf 'x' >$'good/\xff\xfe'
pack agent-1.4.tar.gz good
sign agent-1.4.tar.gz
for command in 'verify -v' inspect 'scan -v' 'verify --format json'; do
  # shellcheck disable=SC2086
  assay $command agent-1.4.tar.gz >out.bin 2>&1 || true
  LC_ALL=C grep -qaP '[^\x20-\x7e\n\t]' out.bin && fail "assay $command let raw bytes through"
done
expect_exit 1 assay verify agent-1.4.tar.gz
says '[unsafe-name]' '\x1b[2Jcleared\x0aPASSED'
