#!/usr/bin/env bash
# A real package of Debian by the real chain: InRelease as the archive signs it, its
# Packages, the package as `apt-get download` brings it, and the archive's own keys.
# shellcheck source=tests/common.sh
. "$(dirname "$0")/../common.sh"

skip() { echo "skipped $((good + bad)): $*"; exit 77; }
good=2 bad=4

keyring=/usr/share/keyrings/debian-archive-keyring.gpg
release=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
if ! command -v apt-get >/dev/null || [ ! -s $keyring ]; then skip "this is no Debian"; fi

# Lists of our own: nothing of the system's apt is touched.
mkdir -p apt/lists/partial apt/archives/partial
apt_options=(
  -q -o Debug::NoLocking=1 -o "Dir::State::lists=$work/apt/lists" -o "Dir::Cache=$work/apt"
  -o Acquire::GzipIndexes=false -o Acquire::Languages=none
  -o Acquire::Retries=1 -o Acquire::http::Timeout=15 -o Acquire::https::Timeout=15
)
if [ "$(id -u)" -eq 0 ]; then apt_options+=(-o APT::Sandbox::User=root); fi
timeout 90 apt-get "${apt_options[@]}" update >apt.log 2>&1 || true
in_release=$(find apt/lists -maxdepth 1 -name "*_debian_dists_${release}_InRelease" | head -n 1)
[ -n "$in_release" ] || skip "the package registry is silent"
packages=${in_release%_InRelease}_main_binary-$(dpkg --print-architecture)_Packages
[ -s "$packages" ] || skip "apt keeps no plain Packages file"

suite=dists/$release
index=$suite/main/binary-$(dpkg --print-architecture)/Packages
mkdir -p "$(dirname "$index")"
cp "$in_release" "$suite/InRelease"
cp "$packages" "$index"
timeout 90 apt-get "${apt_options[@]}" download hostname "login/$release" >apt.log 2>&1 ||
  skip "the package registry did not hand out the packages: $(tail -n 1 apt.log)"
plain=$(echo hostname_*.deb) epoch=$(echo login_*%3a*.deb)
[ -s "$plain" ] || skip "the plain package is not named as it should be: $plain"
[ -s "$epoch" ] || skip "the package with an epoch is not named as it should be: $epoch"

# Each certificate of the keyring is a pin of its own; gpg is asked to take it apart.
export GNUPGHOME=$work/gpg
mkdir -m 700 gpg keyring
timeout 20 gpg --batch -q --import $keyring
timeout 20 gpg --batch --with-colons --list-keys |
  awk -F: '$1 == "pub" { wanted = 1 } $1 == "fpr" && wanted { print $10; wanted = 0 }' >fingerprints
timeout 20 gpgconf --kill all
assay init -q >/dev/null
number=0
while read -r fingerprint; do
  number=$((number + 1))
  timeout 20 gpg --batch --armor --export "$fingerprint" >"keyring/$number.asc"
  assay trust add debian --key "keyring/$number.asc" --name "archive-$number" --match '*_*.deb' -q >/dev/null
done <fingerprints
timeout 20 gpgconf --kill all
[ "$number" -gt 3 ] || fail "the keyring holds only $number certificates"

# A key of an archive signs its index and no package.
expect_exit 1 assay verify "$plain" --repository "$suite" --verdict none
says wrong-role
sed -i '/^format = "openpgp"/a roles = ["metadata"]' home/trust/vendors.d/debian.toml

for package in "$plain" "$epoch"; do
  expect_exit 0 timeout 120 "$(dirname "$ASSAY")/deny" 1 socket,connect "$ASSAY" verify "$package" --repository "$suite" --verdict none
  says PASSED
done

# One byte of any of the three.
refused() {  # refused FILE OFFSET REASON
  cp "$1" whole
  flip "$1" "$2"
  expect_exit 1 assay verify "$plain" --repository "$suite" --verdict none
  says "$3"
  cp whole "$1"
}
refused "$plain" 5000 digest-mismatch
refused "$index" 5000 digest-mismatch
refused "$suite/InRelease" 5000 bad-signature
rm "$index"
expect_exit 1 assay verify "$plain" --repository "$suite" --verdict none
says incomplete-repository
echo "passed $good packages of $release by $number archive keys, refused $bad changes"
