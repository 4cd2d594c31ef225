#!/usr/bin/env bash
# make-deb.sh BUILD FOLDER: a Debian package of the program that was built in BUILD, with man
# pages, completions, policies, monitoring and CI templates. Needs no root. Prints its path.
set -euo pipefail
cd "$(dirname "$0")/.."
build=$1 folder=$2
version=$(sed -n 's/^project(assay VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt)
architecture=$(dpkg --print-architecture)
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || date +%s)}
umask 022
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/debian/assay share=$work/debian/assay/usr/share

DESTDIR=$root cmake --install "$build" --prefix /usr --strip >/dev/null
chmod 755 "$root"
find "$share/man" -type f -exec gzip -9n {} +
mkdir -p "$share/assay/ci" "$share/doc/assay"
cp packaging/ci/* "$share/assay/ci/"
cp README.md "$share/doc/assay/"
gzip -9n "$share/doc/assay/README.md"

packaging/completions.sh "$build/assay" "$work/completions"
install -D -m 644 "$work/completions/assay.bash" "$share/bash-completion/completions/assay"
install -D -m 644 "$work/completions/_assay" "$share/zsh/vendor-completions/_assay"
install -D -m 644 "$work/completions/assay.fish" "$share/fish/vendor_completions.d/assay.fish"

cat >"$share/doc/assay/copyright" <<'TEXT'
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: assay

Files: *
Copyright: 2026 the authors of assay
License: Apache-2.0
 On Debian systems the full text of the licence is in
 /usr/share/common-licenses/Apache-2.0.
TEXT
date=$(LC_ALL=C date -R -u -d "@$SOURCE_DATE_EPOCH")
printf 'assay (%s) bookworm; urgency=medium\n\n  * See the README for what it does and does not do yet.\n\n -- assay <assay@assay.invalid>  %s\n' \
  "$version" "$date" | gzip -9n >"$share/doc/assay/changelog.gz"

# What the program is linked to, by the packages that are installed here.
printf 'Source: assay\n\nPackage: assay\nArchitecture: any\n' >"$work/debian/control"
depends=$(cd "$work" && dpkg-shlibdeps -O debian/assay/usr/bin/assay 2>/dev/null |
  sed -n 's/^shlibs:Depends=//p')
mkdir -p "$root/DEBIAN"
cat >"$root/DEBIAN/control" <<TEXT
Package: assay
Version: $version
Architecture: $architecture
Maintainer: assay <assay@assay.invalid>
Installed-Size: $(du -sk --exclude=DEBIAN "$root" | cut -f1)
Depends: $depends
Recommends: bash-completion
Section: admin
Priority: optional
Description: decide whether a vendor's update bundle may be installed
 Checks the signatures beside the file against pinned keys, unpacks it to the
 bottom in a sandboxed worker, scans every member for miners and injectors, and
 judges what was found by a policy. The answer is signed together with the
 evidence, so that a pipeline can act on it and an auditor can check it later.
TEXT
(cd "$root" && find usr -type f -print0 | sort -z | xargs -0 md5sum) >"$root/DEBIAN/md5sums"
mkdir -p "$folder"
deb=$folder/assay_${version}_$architecture.deb
dpkg-deb --root-owner-group --build "$root" "$deb" >/dev/null
echo "$deb"
