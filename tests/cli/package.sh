#!/usr/bin/env bash
# The Debian package: complete, without an error of lintian's, and its program does the demo.
. "$(dirname "$0")/../common.sh"
for program in dpkg-deb dpkg-shlibdeps lintian; do
  command -v $program >/dev/null || { echo "skipped: no $program"; exit 77; }
done
build=$(dirname "$ASSAY")
deb=$("$SOURCE/packaging/make-deb.sh" "$build" "$work/out") || fail "no package was made"
timeout 200 lintian --allow-root --fail-on error "$deb" >lintian.txt 2>&1 || fail "lintian: $(cat lintian.txt)"
dpkg-deb -x "$deb" root
for file in bin/assay share/man/man1/assay.1.gz share/man/man1/assay-report.1.gz \
  share/man/man5/assay-policy.5.gz share/assay/baseline.toml share/assay/monitoring/alerts.yml \
  share/assay/monitoring/grafana.json share/assay/ci/github.yml share/assay/ci/verify-and-gate.sh \
  share/bash-completion/completions/assay share/zsh/vendor-completions/_assay \
  share/fish/vendor_completions.d/assay.fish; do
  [ -s "root/usr/$file" ] || fail "the package lacks usr/$file"
done
dpkg-deb -f "$deb" Depends | grep -q libc6 || fail "it depends on nothing"

# Completions: each shell reads its own, and bash's proposes what there is.
bash -c ". root/usr/share/bash-completion/completions/assay
  COMP_WORDS=(assay verify --format sar) COMP_CWORD=3; _assay; [ \"\${COMPREPLY[*]}\" = sarif ] || exit 1
  COMP_WORDS=(assay rep) COMP_CWORD=1; _assay; [ \"\${COMPREPLY[0]}\" = report ] || exit 1
  COMP_WORDS=(assay trust rev) COMP_CWORD=2; _assay; [ \"\${COMPREPLY[0]}\" = revoke ]" || fail "bash completes wrongly"
if command -v zsh >/dev/null; then zsh -n root/usr/share/zsh/vendor-completions/_assay; fi
if command -v fish >/dev/null; then fish -n root/usr/share/fish/vendor_completions.d/assay.fish; fi

ASSAY=$work/root/usr/bin/assay timeout 200 "$SOURCE/tests/demo.sh" >demo.txt 2>&1 ||
  fail "the installed program does not do the demo: $(tail -5 demo.txt)"
