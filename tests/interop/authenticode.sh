#!/usr/bin/env bash
# What osslsigncode signs, programs and cabinets, is put before osslsigncode and before assay; then whatever was done
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
compared
