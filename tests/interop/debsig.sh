#!/usr/bin/env bash
# What debsigs signs inside a package is put before debsig-verify and before assay; then
# every member is changed, swapped, doubled and removed.
# shellcheck source=tests/common.sh
. "$(dirname "$0")/../common.sh"
# shellcheck source=tests/compare.sh
. "$SOURCE/tests/compare.sh"

export GNUPGHOME=$work/gpg
mkdir -m 700 gpg
trap 'timeout 20 gpgconf --kill all || true; chmod -R u+rwX "$work"; rm -rf "$work"' EXIT

gpg_() { timeout 30 gpg --batch --yes --quiet --no-tty --pinentry-mode loopback --passphrase '' "$@" 2>/dev/null; }
new_key() {  # new_key NAME: its fingerprint in NAME.fpr, its certificate in NAME.asc
  gpg_ --status-fd 3 --quick-gen-key "$1 <$1@vendor.example>" ed25519 sign,cert 3>status
  awk '$2 == "KEY_CREATED" { print $4 }' status >"$1.fpr"
  gpg_ --armor --export "$(cat "$1.fpr")" >"$1.asc"
}
new_key acme
new_key other

# debsig-verify believes the key acme, for the role origin.
id=$(cut -c 25- acme.fpr)
mkdir -p "policies/$id" "keyrings/$id"
gpg_ --export "$(cat acme.fpr)" >"keyrings/$id/acme.gpg"
cat >"policies/$id/acme.pol" <<XML
<?xml version="1.0"?>
<!DOCTYPE Policy SYSTEM "https://www.debian.org/debsig/1.0/policy.dtd">
<Policy xmlns="https://www.debian.org/debsig/1.0/">
  <Origin Name="Acme" id="$id" Description="a test"/>
  <Selection><Required Type="origin" File="acme.gpg" id="$id"/></Selection>
  <Verification MinOptional="0"><Required Type="origin" File="acme.gpg" id="$id"/></Verification>
</Policy>
XML
assay init -q >/dev/null
assay trust add acme --key acme.asc --name acme-pgp --match 'agent_*' -q >/dev/null

build() {  # build FILE TEXT
  mkdir -p tree/DEBIAN tree/usr/share/agent
  echo "$2" >tree/usr/share/agent/text
  printf 'Package: agent\nVersion: 1.4\nArchitecture: all\nMaintainer: acme <a@vendor.example>\nDescription: test\n' \
    >tree/DEBIAN/control
  dpkg-deb --root-owner-group -Zxz -b tree "$1" >/dev/null
}
deb=agent_1.4_all.deb
put() {  # put CASE DEBSIG-VERIFY ASSAY [WHY]
  theirs=no
  if timeout 20 debsig-verify -q --policies-dir "$work/policies" --keyrings-dir "$work/keyrings" "$deb" >/dev/null 2>&1; then
    theirs=yes
  fi
  believed "$deb"
  row debsig-verify "$1" "$2" "$3" "${4:-}"
}
sign_as() { timeout 60 debsigs --sign="$1" --default-key="$(cat "$2.fpr")" "$deb" >/dev/null 2>&1; }
start() { cp good.deb "$deb"; }
repack() {  # repack MEMBER...: the package anew of these members, from the folder members/
  rm -f "$deb"
  (cd members && ar rcSD "../$deb" "$@")
}
at_content() { LC_ALL=C grep -obUaF "$1" "$deb" | head -1 | cut -d: -f1; }  # where a member's header begins

build good.deb one
start
put "not signed" no no
sign_as origin acme
cp "$deb" signed.deb
put "signed by debsigs" yes yes
expect_exit 0 assay verify "$deb" --verdict none
says "ok    trusted-signature  debsig key" "verified agent_1.4_all.deb!/_gpgorigin"
expect_exit 0 assay inspect "$deb"
says "in it: agent_1.4_all.deb!/_gpgorigin (debsig)"

start
sign_as origin other
put "another key" no no
sign_as maint acme
put "another key, acme as maint" no yes "a pinned key counts under any role"
start
sign_as origin acme
sign_as archive other
put "acme, and another key as archive" yes yes

flips=0
for member in debian-binary control.tar.xz data.tar.xz _gpgorigin; do
  cp signed.deb "$deb"
  header=$(at_content "$member")
  # The format's number, the middle of an archive, the last byte of the signature.
  size=$(ar tv "$deb" | awk -v m="$member" '$NF == m { print $3 }')
  for place in 0 $((size / 2)) $((size - 1)); do
    cp signed.deb "$deb"
    flip "$deb" $((header + 60 + place))
    put "byte $place of $member changed" no no
    flips=$((flips + 1))
  done
done

mkdir members
(cd members && ar x ../signed.deb)
repack debian-binary control.tar.xz data.tar.xz _gpgorigin
put "packed again" yes yes
repack debian-binary data.tar.xz control.tar.xz _gpgorigin
put "members swapped" yes no "the order of a package is control, data; dpkg refuses it too"
repack _gpgorigin debian-binary control.tar.xz data.tar.xz
put "signature first" yes no "no deb begins so; debian-binary is its first member"
repack debian-binary control.tar.xz _gpgorigin data.tar.xz
put "signature between" yes no "what stands after it is not where dpkg's writers put it"

# The attack of two packages in one: dpkg installs the first pair, debsig-verify asks the
# one whose name it prefers.
build evil.deb two
mkdir evil
(cd evil && ar x ../evil.deb)
xz -dc members/control.tar.xz >members/control.tar
xz -dc members/data.tar.xz >members/data.tar
cat members/debian-binary members/control.tar members/data.tar | gpg_ -u "$(cat acme.fpr)" -b >members/_gpgorigin
cp evil/control.tar.xz evil/data.tar.xz members/
repack debian-binary control.tar.xz data.tar.xz control.tar data.tar _gpgorigin
put "a second control.tar and data.tar" yes no "dpkg installs the first, and the second is signed"
[ "$(dpkg-deb --fsys-tarfile "$deb" | tar -xO ./usr/share/agent/text)" = two ] || fail "dpkg takes the other"
repack debian-binary control.tar data.tar data.tar.xz _gpgorigin
put "a second data.tar" yes no "a package has one"
repack debian-binary control.tar data.tar _gpgorigin
put "the good pair alone" yes yes

# Padding is no newline: ar and dpkg do not mind.
(cd members && ar x ../signed.deb)
repack debian-binary control.tar.xz data.tar.xz _gpgorigin
cp "$deb" whole.deb
printf 'x' >>members/_gpgorigin
repack debian-binary control.tar.xz data.tar.xz _gpgorigin
put "a byte behind the signature" no no
(cd members && ar x ../signed.deb && echo junk >junk)
repack debian-binary control.tar.xz data.tar.xz _gpgorigin junk
put "a member nobody knows behind it" yes no "nobody signed it, and a program may read it"
(cd members && cp _gpgorigin _gpgother && echo junk >_gpgother)
repack debian-binary control.tar.xz data.tar.xz _gpgorigin _gpgother
put "junk called a signature" yes yes
expect_exit 1 assay verify "$deb" --verdict none
says "no-bad-signature" "agent_1.4_all.deb!/_gpgother"

# dpkg-sig's form names the members by MD5 and SHA-1.
printf 'Version: 4\nSigner: acme\nRole: builder\nFiles:\n\t%s %s %s debian-binary\n' \
  "$(md5sum <members/debian-binary | cut -d' ' -f1)" "$(sha1sum <members/debian-binary | cut -d' ' -f1)" 4 |
  gpg_ -u "$(cat acme.fpr)" --clear-sign >members/_gpgbuilder
repack debian-binary control.tar.xz data.tar.xz _gpgbuilder
put "dpkg-sig's list" no no
[ "$reasons" = weak-algorithm ] || fail "dpkg-sig's list is '$reasons'"
# A role that is demanded: the name of the member, with the key.
vendor=$ASSAY_HOME/trust/vendors.d/acme.toml
sed -i '/^match = /d' "$vendor"
printf '\n[[product]]\nname = "agent"\nmatch = ["agent_*"]\nrequire = "1 of [acme-pgp as origin]"\n' >>"$vendor"
cp signed.deb "$deb"
expect_exit 0 assay verify "$deb" --verdict none
says "1 of [acme-pgp as origin]: acme-pgp"
start
sign_as maint acme
expect_exit 1 assay verify "$deb" --verdict none
says insufficient-threshold
[ $flips = 12 ] || fail "$flips bytes changed"
compared
