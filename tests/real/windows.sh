#!/usr/bin/env bash
# What Microsoft and Debian signed holds, years of expired certificates and all, by pins taken
# from the files themselves; any byte changed in overlay, slack or section does not. sbverify
# agrees about what starts a machine.
# shellcheck source=tests/common.sh
. "$(dirname "$0")/../common.sh"

verified=0 refused=0 agreed=0
skip() { echo "skipped: $* (verified $verified, refused $refused)"; exit 77; }
for program in npm python3 openssl dpkg-deb apt-get sbverify; do
  command -v "$program" >/dev/null || skip "there is no $program"
done

# part FILE: where its certificate table begins, and its size; with OUT, the certificates in it.
cat >part.py <<'PY'
import re, struct, sys
data = open(sys.argv[1], 'rb').read()
pe = struct.unpack_from('<I', data, 60)[0]
at = pe + 24 + (144 if struct.unpack_from('<H', data, pe + 24)[0] == 0x20b else 128)
table, size = struct.unpack_from('<II', data, at)
print(table, size)
for number, found in enumerate(re.finditer(rb'\x30\x82(..)\x30\x82', data[table:table + size], re.S)):
    length = 4 + int.from_bytes(found.group(1), 'big')
    if len(sys.argv) > 2:
        open(f'{sys.argv[2]}.{number}', 'wb').write(data[table + found.start():table + found.start() + length])
PY
# certificate FILE SUBJECT OUT: the one in FILE's signature whose name begins so, in PEM.
certificate() {
  local one
  rm -f carried.*
  python3 part.py "$1" carried >/dev/null
  for one in carried.*; do
    if openssl x509 -inform DER -in "$one" -noout -subject -nameopt RFC2253 2>/dev/null |
      grep -q "^subject=CN=$2"; then
      openssl x509 -inform DER -in "$one" -out "$3"
      return
    fi
  done
  fail "no certificate of '$2' in $1"
}
holds() {
  expect_exit 0 assay verify "$@"
  verified=$((verified + 1))
}
# breaks FILE REASON COMMAND...: after COMMAND on a copy under the same name it is refused.
breaks() {
  local file=$1 reason=$2
  mkdir -p broken
  cp "$file" broken/
  "${@:3}" "broken/$(basename "$file")"
  expect_exit 1 assay verify "broken/$(basename "$file")"
  says "$reason"
  refused=$((refused + 1))
}
flip_at() { flip "$2" "$1"; }
append() { printf payload >>"$1"; }
# Eight bytes more in the table, said to be the entry's own.
slack() {
  python3 - "$1" <<'PY'
import struct, sys
data = bytearray(open(sys.argv[1], 'rb').read())
pe = struct.unpack_from('<I', data, 60)[0]
at = pe + 24 + (144 if struct.unpack_from('<H', data, pe + 24)[0] == 0x20b else 128)
table, size = struct.unpack_from('<II', data, at)
data += b'payload!'
struct.pack_into('<I', data, at + 4, size + 8)
struct.pack_into('<I', data, table, struct.unpack_from('<I', data, table)[0] + 8)
open(sys.argv[1], 'wb').write(data)
PY
}

assay init -q >/dev/null
mkdir -p "$ASSAY_HOME/trust/tsa"

# --- npm: node-pty carries two programs that Microsoft signed --------------------
(timeout 120 npm pack --ignore-scripts --silent node-pty >/dev/null 2>&1) || skip "npm does not answer"
tar -xf node-pty-*.tgz
folder=$(find package -path '*x64/conpty' -type d | head -n 1)
[ -n "$folder" ] || skip "node-pty carries no conpty any more"
console=$folder/OpenConsole.exe
# The root is not carried; what it certified is, and is pinned in its place.
certificate "$console" 'Microsoft Code Signing PCA' microsoft.pem
certificate "$console" 'Microsoft Time-Stamp PCA' "$ASSAY_HOME/trust/tsa/microsoft.pem"
assay trust add microsoft --key microsoft.pem --format x509-anchor --name microsoft \
  --match '*.exe' --match '*.dll' -q >/dev/null
name='CN=Microsoft Corporation,O=Microsoft Corporation,L=Redmond,ST=Washington,C=US'
sed -i "s/^format = .*/&\nsubject = \"$name\"/" "$ASSAY_HOME/trust/vendors.d/microsoft.toml"
while read -r file; do holds "$file"; done < <(find package -path '*conpty*' \( -name '*.dll' -o -name '*.exe' \))
read -r table _ < <(python3 part.py "$console")
breaks "$console" bad-signature flip_at 4096               # section
breaks "$console" bad-signature flip_at $((table - 1))     # the last byte in front of the table
breaks "$console" bytes-after-signature append             # overlay behind it
breaks "$console" signature-slack slack
mv "$ASSAY_HOME/trust/tsa" "$ASSAY_HOME/no-tsa"
expect_exit 1 assay verify "$console"                      # its certificate ended with 2026-06
says certificate-expired
mv "$ASSAY_HOME/no-tsa" "$ASSAY_HOME/trust/tsa"

# --- Debian: what starts a machine ----------------------------------------------
apt_options=(-q -o Debug::NoLocking=1 -o Acquire::Retries=1 -o Acquire::http::Timeout=15)
if [ "$(id -u)" -eq 0 ]; then apt_options+=(-o APT::Sandbox::User=root); fi
image=$(apt-cache search '^linux-image-6\.1\.0-.*-cloud-amd64$' | awk '{ print $1 }' | sort -V | tail -n 1)
timeout 300 apt-get "${apt_options[@]}" download shim-signed grub-efi-amd64-signed ${image:+"$image"} \
  >apt.log 2>&1 || skip "the package registry is silent"
for deb in *.deb; do dpkg-deb -x "$deb" debian; done
shim=debian/usr/lib/shim/shimx64.efi.signed
grub=debian/usr/lib/grub/x86_64-efi-signed/grubx64.efi.signed
certificate "$shim" 'Microsoft Corporation UEFI CA 2011' uefi.pem
assay trust add shim --key uefi.pem --format x509-anchor --name uefi --match 'shim*' -q >/dev/null
holds "$shim"
read -r table _ < <(python3 part.py "$shim")
breaks "$shim" bad-signature flip_at 4096
breaks "$shim" bytes-after-signature append
certificate "$grub" 'Debian Secure Boot Signer' grub.pem
assay trust add debian-grub --key grub.pem --name grub --match 'g*.efi.signed' -q >/dev/null
for file in debian/usr/lib/grub/x86_64-efi-signed/*.signed; do holds "$file"; done
breaks "$grub" bad-signature flip_at 8192
kernel=$(find debian/boot -name 'vmlinuz-*' 2>/dev/null | head -n 1)
if [ -n "$kernel" ]; then
  certificate "$kernel" 'Debian Secure Boot Signer' linux.pem
  assay trust add debian-linux --key linux.pem --name linux --match 'vmlinuz-*' --match '*.ko' -q >/dev/null
  holds "$kernel"
  breaks "$kernel" bad-signature flip_at 100000
  # Its modules are signed by a key of the build, whose certificate is in the kernel alone:
  # each is read, and none counts.
  find debian/lib/modules -name '*.ko' | sort >modules
  step=$(($(wc -l <modules) / 20 + 1))
  while read -r file; do
    expect_exit 1 assay verify "$file"
    says 'unknown-key' 'Build time autogenerated kernel key'
    refused=$((refused + 1))
  done < <(awk "NR % $step == 0" modules)
fi
for pair in "$shim uefi" "$grub grub" "${kernel:+$kernel linux}"; do
  [ -n "$pair" ] || continue
  read -r file key <<<"$pair"
  timeout 60 sbverify --cert "$key.pem" "$file" >/dev/null 2>&1 || fail "sbverify refuses $file"
  cp "$file" changed
  flip changed 8192
  if timeout 60 sbverify --cert "$key.pem" changed >/dev/null 2>&1; then fail "sbverify takes a changed $file"; fi
  agreed=$((agreed + 1))
done
echo "verified $verified, refused $refused, sbverify agrees about $agreed"
