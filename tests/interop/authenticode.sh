#!/usr/bin/env bash
# What osslsigncode signs, programs, cabinets and packages, is put before osslsigncode and before assay; then whatever was done
# to the file afterwards. Where the two differ, assay refuses what the other takes.
# shellcheck source=tests/common.sh
. "$(dirname "$0")/../common.sh"
# shellcheck source=tests/compare.sh
. "$SOURCE/tests/compare.sh"

for program in osslsigncode python3 openssl gcab; do
  command -v "$program" >/dev/null || { echo "skipped: no $program"; exit 77; }
done

# A vendor's authority and signers, and an authority for times, as their own openssl makes them.
days() { date -u -d "$1 days" +%Y%m%d%H%M%SZ; }
cat >ca.cnf <<CNF
[ca]
default_ca=d
[d]
database=index
new_certs_dir=.
rand_serial=yes
policy=p
unique_subject=no
[p]
organizationName=optional
commonName=supplied
CNF
: >index
# issue NAME SUBJECT EXTENSIONS FROM UNTIL [KEY-OPTIONS]
issue() {
  local by=(-cert ca.pem -keyfile ca.key)
  if [ "$1" = ca ]; then by=(-selfsign -keyfile ca.key); fi
  # shellcheck disable=SC2086
  openssl genpkey ${6:--algorithm RSA -pkeyopt rsa_keygen_bits:2048} -out "$1.key" 2>/dev/null
  openssl req -new -key "$1.key" -subj "$2" -out "$1.csr" 2>/dev/null
  printf '%s\n' "$3" >"$1.ext"
  openssl ca -batch -notext -config ca.cnf -md sha256 "${by[@]}" -in "$1.csr" -out "$1.pem" \
    -extfile "$1.ext" -startdate "$(days "$4")" -enddate "$(days "$5")" 2>/dev/null
}
issue ca '/CN=Acme CA' basicConstraints=critical,CA:TRUE -900 900
issue acme '/O=Acme/CN=Acme Release' extendedKeyUsage=codeSigning -90 900
issue old '/O=Acme/CN=Acme Release' extendedKeyUsage=codeSigning -90 -1
issue tsa '/CN=Time' extendedKeyUsage=critical,timeStamping -90 900
issue curve '/O=Acme/CN=Acme Release' extendedKeyUsage=codeSigning -90 900 \
  '-algorithm EC -pkeyopt ec_paramgen_curve:P-256 -pkeyopt ec_param_enc:explicit'

assay init -q >/dev/null
assay trust add acme --key ca.pem --format x509-anchor --name ca --match 'setup*' -q >/dev/null
sed -i 's/^format = .*/&\nsubject = "CN=Acme Release,O=Acme"/' "$ASSAY_HOME/trust/vendors.d/acme.toml"
mkdir -p "$ASSAY_HOME/trust/tsa"
cp ca.pem "$ASSAY_HOME/trust/tsa/time.pem"

cat >pe.py <<'PY'
import struct, sys
OPTIONAL, DIRECTORY = 88, 88 + 144
def table(data):
    return struct.unpack_from('<II', data, DIRECTORY)
def grow(data, extra):  # that many bytes more in the table
    struct.pack_into('<I', data, DIRECTORY + 4, table(data)[1] + len(extra))
    data += extra
def make(name):
    data = bytearray(1024)
    data[0:2], data[64:66] = b'MZ', b'PE'
    for at, form, value in ((60, 'I', 64), (68, 'H', 0x8664), (70, 'H', 1), (84, 'H', 240), (86, 'H', 0x22),
                            (88, 'H', 0x20b), (104, 'I', 0x1000), (120, 'I', 0x1000), (124, 'I', 512),
                            (144, 'I', 0x2000), (148, 'I', 512), (156, 'H', 3), (196, 'I', 16),
                            (336, 'I', 512), (340, 'I', 0x1000), (344, 'I', 512), (348, 'I', 512)):
        struct.pack_into('<' + form, data, at, value)
    data[328:333], data[512] = b'.text', 0xc3
    open(name, 'wb').write(data)
def change(name, how):
    data = bytearray(open(name, 'rb').read())
    at, size = table(data)
    if how == 'append': data += b'PK payload'
    if how == 'section': data[600] ^= 1
    if how == 'double': grow(data, bytes(data[at:at + size]))
    if how == 'slack':
        grow(data, b'x' * 64)
        struct.pack_into('<I', data, at, table(data)[1])
    if how == 'loaded': struct.pack_into('<I', data, 344, len(data) - 512)
    if how == 'cabinet':
        place = data.find(bytes.fromhex('2b06010401823702010f'))
        data[place + 9] = 0x19
    open(name, 'wb').write(data)
make(sys.argv[2]) if sys.argv[1] == 'make' else change(sys.argv[2], sys.argv[1])
PY
python3 pe.py make plain.exe
# sign NAME OUT OPTIONS...
sign_code() {
  rm -f "$2"
  timeout 60 osslsigncode sign -certs "$1.pem" -key "$1.key" "${@:3}" -in plain.exe -out "$2" >/dev/null
}

# put CASE OSSLSIGNCODE ASSAY [WHY]: setup.exe before both; ASSAY is yes or the reason.
put() {
  theirs=no
  if timeout 60 osslsigncode verify -CAfile ca.pem -TSA-CAfile ca.pem -in setup.exe >/dev/null 2>&1; then theirs=yes; fi
  believed setup.exe
  if [ "$3" != yes ]; then [ "$reasons" = "$3" ] || fail "$1: '$reasons' instead of $3"; fi
  row osslsigncode "$1" "$2" "$([ "$3" = yes ] && echo yes || echo no)" "${4:-}"
}

sign_code acme setup.exe -h sha256; put 'signed' yes yes
sign_code acme setup.exe -h sha512 -TSA-certs tsa.pem -TSA-key tsa.key; put 'signed and time-stamped' yes yes
sign_code acme setup.exe -h sha256; python3 pe.py section setup.exe; put 'a byte of a section changed' no bad-signature
sign_code acme setup.exe -h sha256; python3 pe.py slack setup.exe
put 'payload in certificate slack' yes signature-slack 'it stays valid whatever is written there'
sign_code acme setup.exe -h sha256; python3 pe.py double setup.exe; put 'certificate entry twice' no duplicate-signature
sign_code acme setup.exe -h sha256; python3 pe.py append setup.exe; put 'data behind the table' no bytes-after-signature
sign_code acme setup.exe -h sha256; python3 pe.py loaded setup.exe; put 'a section reaches into the table' no signature-place
sign_code acme setup.exe -h sha256; python3 pe.py cabinet setup.exe; put 'a cabinet'\''s signature on it' no signature-pasted
sign_code acme setup.exe -h sha256 -addUnauthenticatedBlob
put 'an unsigned blob' yes unsigned-bytes 'nobody signed what is in it'
sign_code acme setup.exe -h sha1; put 'SHA-1 only' yes weak-algorithm 'collisions are made to order'
sign_code curve setup.exe -h sha256; put 'a curve spelled out' no weak-algorithm
sign_code old setup.exe -h sha256; put 'expired' no certificate-expired
sign_code old setup.exe -h sha256 -TSA-certs tsa.pem -TSA-key tsa.key -TSA-time "$(date -u -d '-9 days' +%s)" -time "$(date -u -d '-9 days' +%s)"
put 'expired, time-stamped before' yes yes

# Cabinets.
sed -i 's/^match = .*/match = ["setup*", "update*"]/' "$ASSAY_HOME/trust/vendors.d/acme.toml"
echo text >text.txt
cat >cab.py <<'PY'
import struct, sys
data = bytearray(open(sys.argv[2], 'rb').read())
place, size = struct.unpack_from('<II', data, 44)
if sys.argv[1] == 'content': data[place - 1] ^= 1
if sys.argv[1] == 'append': data += b'PK payload'
if sys.argv[1] == 'slack':
    data += b'x' * 64
    struct.pack_into('<I', data, 48, size + 64)
if sys.argv[1] == 'number': struct.pack_into('<H', data, 34, 7)
if sys.argv[1] == 'reserved': struct.pack_into('<I', data, 4, 7)
open(sys.argv[2], 'wb').write(data)
PY
sign_cab() {  # sign_cab NAME OPTION...
  rm -f update.cab
  timeout 60 osslsigncode sign -certs "$1.pem" -key "$1.key" "${@:2}" -in plain.cab -out update.cab >/dev/null
}
put_cab() {  # put_cab CASE OSSLSIGNCODE ASSAY [WHY]
  theirs=no
  if timeout 60 osslsigncode verify -CAfile ca.pem -TSA-CAfile ca.pem -in update.cab >/dev/null 2>&1; then theirs=yes; fi
  believed update.cab
  if [ "$3" != yes ]; then [ "$reasons" = "$3" ] || fail "$1: '$reasons' instead of $3"; fi
  row osslsigncode "$1" "$2" "$([ "$3" = yes ] && echo yes || echo no)" "${4:-}"
}
for how in "" --zip; do
  rm -f plain.cab
  # shellcheck disable=SC2086
  timeout 20 gcab $how -c plain.cab text.txt pe.py
  sign_cab acme -h sha256
  put_cab "a cabinet by gcab $how" yes yes
done
sign_cab acme -h sha384 -TSA-certs tsa.pem -TSA-key tsa.key; put_cab 'a cabinet, time-stamped' yes yes
sign_cab acme -h sha256; python3 cab.py content update.cab; put_cab 'a byte of its content changed' no bad-signature
sign_cab acme -h sha256; python3 cab.py append update.cab; put_cab 'data behind a cabinet' no bytes-after-signature
sign_cab acme -h sha256; python3 cab.py slack update.cab
put_cab 'payload behind its signature' yes signature-slack 'it stays valid whatever is written there'
sign_cab acme -h sha256; python3 cab.py number update.cab
put_cab 'another number in the set' yes signature-malformed 'nobody signed the number'
sign_cab acme -h sha256; python3 cab.py reserved update.cab
put_cab 'something in a reserved field' no signature-malformed
sign_cab acme -h sha1; put_cab 'a cabinet, SHA-1 only' yes weak-algorithm 'collisions are made to order'
sign_cab old -h sha256; put_cab 'a cabinet, expired' no certificate-expired

# Packages of Windows Installer.
if ! command -v wixl >/dev/null; then compared; exit; fi
sed -i 's/^match = .*/match = ["agent*"]/' "$ASSAY_HOME/trust/vendors.d/acme.toml"
cat >package.wxs <<WXS
<?xml version='1.0' encoding='utf-8'?>
<Wix xmlns='http://schemas.microsoft.com/wix/2006/wi'>
 <Product Name='Agent' Id='ABCDDCBA-86C7-4D14-AEC0-86416A69ABDE' Language='1033' Version='1.0.0'
   UpgradeCode='ABCDDCBA-7349-453F-94F6-BCB5110BA4FD' Codepage='1252' Manufacturer='Acme'>
  <Package Id='*' InstallerVersion='100' Languages='1033' Compressed='yes' SummaryCodepage='1252'/>
  <Media Id='1' Cabinet='agent.cab' EmbedCab='yes'/>
  <Directory Id='TARGETDIR' Name='SourceDir'><Directory Id='ProgramFilesFolder' Name='PFiles'>
    <Component Id='Main' Guid='ABCDDCBA-83F1-4F22-985B-FDB3C8ABD471'>
     <File Id='text.txt' Name='text.txt' DiskId='1' Source='text.txt' KeyPath='yes'/>
    </Component></Directory></Directory>
  <Feature Id='Complete' Level='1'><ComponentRef Id='Main'/></Feature>
 </Product></Wix>
WXS
timeout 60 wixl -o plain.msi package.wxs
cat >msi.py <<'PY'
import struct, sys
data = bytearray(open(sys.argv[2], 'rb').read())
def record(name):
    return data.find(name.encode('utf-16-le') + b'\0\0')
if sys.argv[1] == 'content': data[data.find(b'MSCF') + 1] ^= 1
if sys.argv[1] == 'name': data[record('\u4840\u430f\u422f')] ^= 1
if sys.argv[1] == 'time': data[record('\5SummaryInformation') + 108] ^= 1
if sys.argv[1] == 'colour': data[record('\5SummaryInformation') + 67] ^= 1
if sys.argv[1] == 'root': data[record('Root Entry') + 100] ^= 1
if sys.argv[1] == 'append': data += b'payload!' * 64
if sys.argv[1] == 'slack':  # behind the cabinet, in its own last sector
    place = data.find(b'MSCF')
    place += (struct.unpack_from('<I', data, place + 8)[0] + 63) // 64 * 64 - 4
    assert data[place:place + 4] == bytes(4)
    data[place:place + 4] = b'hide'
if sys.argv[1] == 'longer':  # one byte more in the signature's stream, which nobody signed
    at = record('\5DigitalSignature') + 120
    struct.pack_into('<I', data, at, struct.unpack_from('<I', data, at)[0] + 1)
if sys.argv[1] == 'program':
    data[data.find(bytes.fromhex('2b06010401823702011e')) + 9] = 0x0f
open(sys.argv[2], 'wb').write(data)
PY
sign_msi() {  # sign_msi NAME OPTION...
  rm -f agent.msi
  timeout 60 osslsigncode sign -certs "$1.pem" -key "$1.key" "${@:2}" -in plain.msi -out agent.msi >/dev/null
}
put_msi() {  # put_msi CASE OSSLSIGNCODE ASSAY [WHY]
  theirs=no
  if timeout 60 osslsigncode verify -CAfile ca.pem -TSA-CAfile ca.pem -in agent.msi >/dev/null 2>&1; then theirs=yes; fi
  believed agent.msi
  if [ "$3" != yes ]; then [ "$reasons" = "$3" ] || fail "$1: '$reasons' instead of $3"; fi
  row osslsigncode "$1" "$2" "$([ "$3" = yes ] && echo yes || echo no)" "${4:-}"
}
# changed HOW CASE OSSLSIGNCODE ASSAY [WHY]
changed() {
  sign_msi acme -h sha256 -add-msi-dse
  python3 msi.py "$1" agent.msi
  put_msi "${@:2}"
}
stamp=(-TSA-certs tsa.pem -TSA-key tsa.key)
sign_msi acme -h sha256 -add-msi-dse; put_msi 'a package by wixl' yes yes
sign_msi acme -h sha512 -add-msi-dse "${stamp[@]}"; put_msi 'a package, time-stamped' yes yes
sign_msi acme -h sha256; put_msi 'a package, names not signed' yes unsigned-names 'what a stream is called decides what it does'
changed content 'a byte of its cabinet changed' no bad-signature
changed name 'the name of a stream changed' no bad-signature
changed time 'the time of a stream changed' no bad-signature
changed root 'a time of the root' no signature-malformed
changed slack 'payload in the rest of a sector' yes unaccounted-bytes 'nobody signed it'
changed append 'sectors behind a package' yes trailing-data 'nobody signed them'
changed longer 'a signature with a byte behind it' yes signature-slack 'nobody signed it'
changed program 'a program'\''s signature on it' no signature-pasted
sign_msi acme -h sha256 -add-msi-dse
zip -q a.jar text.txt
cat a.jar >>agent.msi; put_msi 'a jar behind a package' yes trailing-data 'GlueBall, CVE-2020-1464: Java runs it'
sign_msi acme -h sha1 -add-msi-dse; put_msi 'a package, SHA-1 only' yes weak-algorithm 'collisions are made to order'
sign_msi old -h sha256 -add-msi-dse; put_msi 'a package, expired' no certificate-expired
sign_msi old -h sha256 -add-msi-dse "${stamp[@]}" -TSA-time "$(date -u -d '-9 days' +%s)" -time "$(date -u -d '-9 days' +%s)"
put_msi 'a package, expired, stamped before' yes yes
# The cabinet's own signature, and the program's, carried over.
for from in update.cab setup.exe; do
  if [ $from = update.cab ]; then sign_cab acme -h sha256; else sign_code acme setup.exe -h sha256; fi
  rm -f carried.der agent.msi
  timeout 60 osslsigncode extract-signature -in $from -out carried.der >/dev/null
  timeout 60 osslsigncode attach-signature -sigin carried.der -in plain.msi -out agent.msi >/dev/null 2>&1 || true
  if [ -s agent.msi ]; then put_msi "the signature of $from on it" no signature-pasted; fi
done
compared
