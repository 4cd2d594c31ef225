#!/usr/bin/env bash
# 7z archives are opened where they stand, also deep inside others; encrypted ones are
# INDETERMINATE and say so.
. "$(dirname "$0")/../common.sh"
new_home
printf '#!/bin/sh\necho "agent 1.4."\n' >agent.sh
sample pool-config >config.json

7zz a -bso0 agent-1.7z agent.sh
sign agent-1.7z
expect_exit 0 assay verify agent-1.7z
says "1 file" "1 layer deep"

7zz a -bso0 agent-2.7z agent.sh config.json
sign agent-2.7z
expect_exit 1 assay verify agent-2.7z
says "MINER004" "agent-2.7z!/config.json"

# In a zip in a .deb: found all the same.
mkdir -p root/DEBIAN root/opt
zip -q root/opt/update.zip agent-2.7z
printf 'Package: agent\nVersion: 3\nArchitecture: all\nMaintainer: v <v@vendor.example>\nDescription: x\n' >root/DEBIAN/control
dpkg-deb --root-owner-group -b root agent-3.deb >/dev/null
expect_exit 1 assay scan agent-3.deb
says "MINER004" "update.zip!/agent-2.7z!/config.json"

7zz a -bso0 -psecret agent-4.7z agent.sh
sign agent-4.7z
expect_exit 3 assay verify agent-4.7z
says "INDETERMINATE" "encrypted-member"
