#!/usr/bin/env bash
# Packages of Windows Installer are opened to the bottom: what hides in the table Binary or in
# a cabinet is found by a path that names every layer; what hides between is refused.
. "$(dirname "$0")/../common.sh"
command -v wixl >/dev/null || { echo "skipped: no wixl"; exit 77; }
new_home
{ assay policy show baseline; printf '\n[examine]\nformats = ["cab"]\n'; } >cab.toml

# package NAME PAYLOAD HELPER: PAYLOAD in a cabinet, HELPER for an action to run.
package() {
  cat >package.wxs <<WXS
<?xml version='1.0' encoding='utf-8'?>
<Wix xmlns='http://schemas.microsoft.com/wix/2006/wi'>
 <Product Name='Agent' Id='ABCDDCBA-86C7-4D14-AEC0-86416A69ABDE' Language='1033' Version='1.0.0'
   UpgradeCode='ABCDDCBA-7349-453F-94F6-BCB5110BA4FD' Codepage='1252' Manufacturer='Acme'>
  <Package Id='*' InstallerVersion='100' Languages='1033' Compressed='yes' SummaryCodepage='1252'/>
  <Media Id='1' Cabinet='agent.cab' EmbedCab='yes'/>
  <Binary Id='Helper' SourceFile='$3'/>
  <Directory Id='TARGETDIR' Name='SourceDir'><Directory Id='ProgramFilesFolder' Name='PFiles'>
   <Directory Id='INSTALLDIR' Name='Agent'>
    <Component Id='Main' Guid='ABCDDCBA-83F1-4F22-985B-FDB3C8ABD471'>
     <File Id='config.json' Name='config.json' DiskId='1' Source='$2' KeyPath='yes'/>
    </Component></Directory></Directory></Directory>
  <Feature Id='Complete' Level='1'><ComponentRef Id='Main'/></Feature>
 </Product></Wix>
WXS
  timeout 60 wixl -o "$1" package.wxs
}

echo '{"interval": 60}' >good.json
printf 'MZ and no more\n' >helper.exe
sample pool-config >miner.json

package agent-1.msi good.json helper.exe
sign agent-1.msi
expect_exit 0 assay verify --policy cab.toml agent-1.msi
says "2 layers deep"
expect_exit 0 assay scan --policy cab.toml agent-1.msi

package agent-2.msi good.json miner.json
sign agent-2.msi
expect_exit 1 assay verify agent-2.msi
says MINER004 "agent-2.msi!/Binary.Helper"

package agent-3.msi miner.json helper.exe
sign agent-3.msi
expect_exit 1 assay verify --policy cab.toml agent-3.msi
says MINER004 "agent-3.msi!/agent.cab!/config.json"

# In a zip in a .deb: found all the same.
mkdir -p root/DEBIAN root/opt
zip -q root/opt/update.zip agent-2.msi
printf 'Package: agent\nVersion: 3\nArchitecture: all\nMaintainer: v <v@vendor.example>\nDescription: x\n' >root/DEBIAN/control
dpkg-deb --root-owner-group -b root agent-3.deb >/dev/null
expect_exit 1 assay scan agent-3.deb
says MINER004 "update.zip!/agent-2.msi!/Binary.Helper"

# What it runs when it is installed: everyday, and out of sight.
if command -v msibuild >/dev/null; then
  run_by() {  # run_by NAME TYPE COMMAND: a copy of the first package with one more action
    sed -i "s|<Feature |<CustomAction Id='First' BinaryKey='Helper' DllEntry='Go'/>&|" package.wxs
    timeout 60 wixl -o "$1" package.wxs
    timeout 60 msibuild "$1" -q "INSERT INTO \`CustomAction\` (\`Action\`, \`Type\`, \`Source\`, \`Target\`) VALUES ('Second', $2, 'SHELL', '$3')"
  }
  package agent-6.msi good.json helper.exe
  run_by agent-6.msi 3122 'agent.exe --register'
  expect_exit 0 assay scan --policy cab.toml agent-6.msi
  says "1 findings, 0 of them medium or worse"
  shell=power; shell=${shell}shell.exe
  package agent-7.msi good.json helper.exe
  run_by agent-7.msi 3122 "$shell -w hidden -enc SQBFAFgA"
  expect_exit 1 assay scan --policy cab.toml agent-7.msi
  says PERSIST031 "agent-7.msi!/%CustomAction"
fi

# A jar behind it; and something in the unused part of a sector.
zip -q a.jar good.json
cat agent-1.msi a.jar >agent-4.msi
sign agent-4.msi
expect_exit 1 assay verify --policy cab.toml agent-4.msi
says trailing-data ambiguous-type
python3 - <<'PY'
data = bytearray(open('agent-1.msi', 'rb').read())
at = data.rfind(b'MZ and no more') + 60
assert data[at:at + 4] == bytes(4)
data[at:at + 4] = b'hide'
open('agent-5.msi', 'wb').write(data)
PY
sign agent-5.msi
expect_exit 1 assay verify --policy cab.toml agent-5.msi
says "unaccounted-bytes" "4 bytes at byte"
