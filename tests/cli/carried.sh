#!/usr/bin/env bash
# What a program carries behind its end and what stands on a disc image is opened to the
# bottom: a miner's configuration is found by a path that names every layer.
. "$(dirname "$0")/../common.sh"
for program in python3 7zz genisoimage; do
  command -v $program >/dev/null || { echo "skipped: no $program"; exit 77; }
done
new_home

# stub OUT: a Windows program of one section that does nothing.
stub() {
  python3 - "$1" <<'PY'
import struct, sys
data = bytearray(1024)
data[0:2], data[64:66] = b'MZ', b'PE'
for at, form, value in ((60, 'I', 64), (68, 'H', 0x8664), (70, 'H', 1), (84, 'H', 240), (86, 'H', 0x22),
                        (88, 'H', 0x20b), (344, 'I', 512), (348, 'I', 512)):
    struct.pack_into('<' + form, data, at, value)
data[512] = 0xc3
open(sys.argv[1], 'wb').write(data)
PY
}

stub stub.exe
mkdir good bad
printf '#!/bin/sh\necho "agent 1.4."\n' >good/agent.sh
cp good/agent.sh bad
sample pool-config >bad/config.json
orders=';!@Install@!UTF-8!
RunProgram="agent.sh"
;!@InstallEnd@!'

for folder in good bad; do
  (cd $folder && 7zz a -bso0 ../$folder.7z ./*)
  genisoimage -quiet -R -J -o $folder.iso $folder
  { cat stub.exe; printf %s "$orders"; cat $folder.7z; } >$folder.exe
done

cp good.exe agent-1.exe; sign agent-1.exe
expect_exit 0 assay verify agent-1.exe
says "1 layer deep"
cp bad.exe agent-2.exe; sign agent-2.exe
expect_exit 1 assay verify agent-2.exe
says MINER004 "agent-2.exe!/config.json"
# Orders that are none, and something behind the archive.
{ cat stub.exe; printf 'other orders'; cat good.7z; } >agent-3.exe; sign agent-3.exe
expect_exit 3 assay verify agent-3.exe
says unsupported-container
{ cat good.exe; printf 'more'; } >agent-4.exe; sign agent-4.exe
expect_exit 1 assay verify agent-4.exe
says trailing-data

cp good.iso agent-5.iso; sign agent-5.iso
expect_exit 0 assay verify agent-5.iso
says "1 layer deep"
cp bad.iso agent-6.iso; sign agent-6.iso
expect_exit 1 assay verify agent-6.iso
says MINER004 "agent-6.iso!/config.json"
# A program that unpacks itself, on a disc, in a zip.
mkdir disc
cp bad.exe disc/setup.exe
genisoimage -quiet -R -o disc.iso disc
zip -q agent-7.zip disc.iso
expect_exit 1 assay scan agent-7.zip
says MINER004 "agent-7.zip!/disc.iso!/setup.exe!/config.json"
# Something between the files.
python3 - <<'PY'
data = bytearray(open('good.iso', 'rb').read())
data[-20:-16] = b'hide'
open('agent-8.iso', 'wb').write(data)
PY
sign agent-8.iso
expect_exit 1 assay verify agent-8.iso
says unaccounted-bytes
