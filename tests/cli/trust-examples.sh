#!/usr/bin/env bash
# The worked examples of assay-trust(5), run as they stand on the page.
# shellcheck source=tests/common.sh
. "$(dirname "$0")/../common.sh"

page=$SOURCE/man/assay-trust.5
block() {  # block TEXT: the first literal block behind that line of the page
  awk -v text="$1" 'index($0, text) == 1 { found = 1 } found && /^\.Bd/ { inside = 1; next }
    inside && /^\.Ed/ { exit } inside' "$page" | sed 's/\\e$/\\/' >block
  [ -s block ] || fail "the page has no block behind '$1'"
}
commands() { sed -n 's/^\$ //p; /^ /p' block >script; }  # of the block
start() { rm -rf home; assay init -q >/dev/null; }
vendor=home/trust/vendors.d/acme.toml
plain() { sed 's/sha256:[^"]*/ID/' "$1" | grep -v '^#'; }

export GNUPGHOME=$work/gpg
mkdir -m 700 gpg
trap 'timeout 20 gpgconf --kill all || true; chmod -R u+rwX "$work"; rm -rf "$work"' EXIT
gpg_() { timeout 60 gpg --batch --yes --quiet --no-tty --pinentry-mode loopback --passphrase '' "$@" 2>/dev/null; }

# A minisign vendor.
start
cp "$keys/acme.pub" acme.pub
block 'A vendor who signs every bundle with minisign'
commands
# shellcheck disable=SC1091
. ./script >/dev/null
block '.Pa vendors.d/acme.toml :'
plain "$vendor" >written
plain block | diff - written || fail "the page shows another file than trust add writes"
bundle=acme-agent-4.2.tar.gz
good_bundle $bundle
sign $bundle
expect_exit 0 assay verify $bundle

# The same vendor, who signs a list.
rm $bundle.minisig
sha256sum $bundle >SHA256SUMS
sign SHA256SUMS
expect_exit 0 assay verify $bundle
rm SHA256SUMS*

# A vendor with an authority of his own.
start
ssl() { timeout 60 openssl "$@" 2>/dev/null; }
ssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -subj '/CN=Acme CA' -days 9 \
  -addext basicConstraints=critical,CA:TRUE -out acme-ca.pem
ssl req -newkey rsa:2048 -nodes -keyout release.key -subj '/O=Acme/CN=Acme Release' -out release.csr
echo extendedKeyUsage=codeSigning >release.ext
ssl x509 -req -in release.csr -CA acme-ca.pem -CAkey ca.key -CAcreateserial -days 9 -extfile release.ext -out release.pem
block '.Ic openssl cms -sign -binary ;'
commands
# shellcheck disable=SC1091
. ./script >/dev/null
block 'the entry gains by hand who may sign:'
cat block >>"$vendor"
ssl cms -sign -binary -in $bundle -outform DER -out $bundle.p7s -signer release.pem -inkey release.key
expect_exit 0 assay verify $bundle
says "x509-anchor key"
rm $bundle.p7s

# A Debian repository.
start
gpg_ --quick-generate-key 'Archive <archive@debian.example>' ed25519 sign never
gpg_ --armor --export >archive-key-12.asc
mkdir -p tree/DEBIAN dists/bookworm/main/binary-amd64
deb=hello_2.10-3_amd64.deb
printf 'Package: hello\nVersion: 2.10-3\nArchitecture: amd64\nMaintainer: x <x@debian.example>\nDescription: test\n' \
  >tree/DEBIAN/control
dpkg-deb --root-owner-group -b tree $deb >/dev/null
index=main/binary-amd64/Packages
repository() {  # repository DATE: an index of that time
  {
    cat tree/DEBIAN/control
    printf 'Filename: pool/h/%s\nSize: %s\nSHA256: %s\n' $deb "$(stat -c %s $deb)" "$(sha256sum <$deb | cut -d' ' -f1)"
  } >dists/bookworm/$index
  rm -f dists/bookworm/$index.gz
  gzip -nk dists/bookworm/$index
  {
    printf 'Origin: Debian\nCodename: bookworm\nDate: %s\nSHA256:\n' "$(date -ud "$1" '+%a, %d %b %Y %H:%M:%S UTC')"
    for name in $index $index.gz; do
      printf ' %s %s %s\n' "$(sha256sum <"dists/bookworm/$name" | cut -d' ' -f1)" "$(stat -c %s "dists/bookworm/$name")" "$name"
    done
  } >release
  gpg_ --clear-sign -o dists/bookworm/InRelease release
}
repository '-9 days'
cp -r dists older
block 'Packages of a Debian repository'
commands
# shellcheck disable=SC1091
. ./script >out.txt || fail "$(cat out.txt)"
grep -q PASSED out.txt || fail "$(cat out.txt)"
verify_deb() { assay verify $deb --repository "$1/bookworm"; }
rm dists/bookworm/$index # what apt keeps is packed
expect_exit 0 verify_deb dists
# A newer index, and then the older one again.
repository '-1 day'
expect_exit 0 verify_deb dists
expect_exit 1 verify_deb older
says older-metadata
grep -q '"repository":"Debian bookworm"' home/state/history.jsonl || fail "the index is not remembered"
expect_exit 0 assay trust explain bookworm-12
says "seen     first 20"

# Two of three.
start
gpg_ --quick-generate-key 'Acme PSIRT <psirt@acme.example>' ed25519 sign never
gpg_ --armor --export psirt@acme.example >psirt.asc
for key in "acme.pub acme-release-2026" "psirt.asc acme-psirt" "$keys/acme-ssh.pub acme-ssh"; do
  assay trust add acme --key "${key% *}" --name "${key#* }" --match 'acme-*' -q >/dev/null
done
grep '^id' "$vendor" >ids
for name in acme-release-2026 acme-psirt acme-ssh; do # files as the page calls them
  for file in home/trust/keys/acme/"$name".*; do
    case $file in *.pgp) mv "$file" "${file%.pgp}.asc" ;; esac
  done
done
block 'Two of three signers'
awk '/^id = / { getline line <"ids"; print line; next } { print }' block >"$vendor"
expect_exit 0 assay trust check
sign $bundle
expect_exit 1 assay verify $bundle
says insufficient-threshold "signed by release"
gpg_ -u psirt@acme.example --armor --detach-sign -o $bundle.asc $bundle
expect_exit 0 assay verify $bundle
says PASSED "psirt, release"

# A key that was stolen.
block 'A key that was stolen'
sed -i 's/2026-06-01/2023-06-01/' block # before the test's own signatures
commands
# shellcheck disable=SC1091
. ./script >/dev/null
expect_exit 1 assay verify $bundle
says revoked-key

# A file of revoked.d.
block '.Pa revoked.d'
sed -e 's/"acme-2026"/"acme-ssh"/' -e "/^digest/s/sha256:\.\.\./sha256:$(sha256sum <$bundle | cut -d' ' -f1)/" block \
  >home/trust/revoked.d/page.toml
expect_exit 1 assay verify $bundle
says revoked-file
