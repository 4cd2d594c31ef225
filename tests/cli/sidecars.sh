#!/usr/bin/env bash
# What lies beside a bundle and cannot be read stops the run; it is not overlooked.
. "$(dirname "$0")/../common.sh"
new_home
good_bundle
sign agent-1.4.tar.gz
ln -s SHA256SUMS SHA256SUMS
expect_exit 3 assay verify agent-1.4.tar.gz
says "SHA256SUMS"
ln -sfn nowhere SHA256SUMS
expect_exit 3 assay verify agent-1.4.tar.gz
rm SHA256SUMS && mkfifo SHA256SUMS
expect_exit 3 assay verify agent-1.4.tar.gz
rm SHA256SUMS && mkdir SHA256SUMS
expect_exit 0 assay verify agent-1.4.tar.gz
# A link to a real signature is one.
mkdir elsewhere && mv agent-1.4.tar.gz.minisig elsewhere/
ln -s elsewhere/agent-1.4.tar.gz.minisig .
expect_exit 0 assay verify agent-1.4.tar.gz
