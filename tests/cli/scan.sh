#!/usr/bin/env bash
# scan: a file, an archive, a folder; 1 for a finding, 3 for what it could not open.
. "$(dirname "$0")/../common.sh"
good_bundle clean.tar.gz
expect_exit 0 assay scan clean.tar.gz
says "scanned 1 file"
poisoned_bundle bad.tar.gz
expect_exit 1 assay scan bad.tar.gz
says "bad.tar.gz!/opt/config.json"
mkdir folder && mv clean.tar.gz bad.tar.gz folder/
expect_exit 1 assay scan folder
printf 'Rar!\032\007\001\000' >opaque.rar
expect_exit 3 assay scan opaque.rar
says "unsupported-container"
expect_exit 2 assay scan nowhere
mkdir nothing
expect_exit 3 assay scan nothing

# What a finding stands on, behind the wall and without it.
start=Start=/tmp/.cache/x  # in pieces, or this text itself is found
printf '[Service]\nExec%s\nUser=root\n' $start >x.service
for wall in require off; do
  expect_exit 1 assay scan x.service --sandbox=$wall
  says PERSIST020 "Seen: starts a program from a folder others may write, runs as root."
done
