#!/usr/bin/env bash
# The CI templates, played as a runner plays them: each step's shell, -e, stopping at the
# first that fails. A good bundle reaches the deployment, a poisoned one does not.
. "$(dirname "$0")/../common.sh"
new_home
good_bundle; sign agent-1.4.tar.gz
poisoned_bundle agent-1.5.tar.gz; sign agent-1.5.tar.gz
mkdir bin; ln -s "$ASSAY" bin/assay
export PATH=$work/bin:$PATH
# shellcheck disable=SC2016
printf '#!/bin/sh\necho "$1" >>deployed\n' >deploy; chmod +x deploy

steps() {  # steps FILE: the commands of its `run:` and `script:` parts, one a line
  python3 - "$1" <<'PY'
import re, sys
lines = open(sys.argv[1]).read().split("\n")
out, i = [], 0
while i < len(lines):
    line = lines[i]; i += 1
    match = re.match(r"^( *)(?:run: |- )(>-)?(.*)$", line)
    if not match or not (match.group(2) or re.match(r"(assay|\./deploy)", match.group(3))): continue
    words = [match.group(3)]
    while match.group(2) and i < len(lines) and len(lines[i]) - len(lines[i].lstrip()) > len(match.group(1)):
        words.append(lines[i].strip()); i += 1
    out.append(" ".join(words).strip())
print("\n".join(out))
PY
}

play() {  # play FILE BUNDLE: 0 only if every step was
  local step
  rm -f verdict.jsonl deployed summary outputs; : >summary; : >outputs
  while read -r step; do
    BUNDLE=$2 GITHUB_STEP_SUMMARY=$work/summary GITHUB_OUTPUT=$work/outputs \
      timeout 120 sh -ec "$step" >>log 2>&1 || return 1
  done < <(steps "$1")
}

ci=$SOURCE/packaging/ci
[ "$(steps "$ci/github.yml" | wc -l)" = 2 ] || fail "github.yml has not two steps"
[ "$(steps "$ci/gitlab.yml" | wc -l)" = 3 ] || fail "gitlab.yml has not three steps"
for template in github gitlab; do
  play "$ci/$template.yml" agent-1.4.tar.gz || fail "$template.yml blocks a good bundle: $(cat log)"
  [ $template = github ] || grep -qx agent-1.4.tar.gz deployed || fail "nothing was deployed"
  [ $template = gitlab ] || grep -qx result=PASSED outputs || fail "no output"
  play "$ci/$template.yml" agent-1.5.tar.gz && fail "$template.yml lets a poisoned bundle through"
  [ ! -e deployed ] || fail "$template.yml deployed a poisoned bundle"
  [ $template = gitlab ] || grep -q FAILED summary || fail "no summary"
done
expect_exit 0 "$ci/verify-and-gate.sh" agent-1.4.tar.gz
expect_exit 1 "$ci/verify-and-gate.sh" agent-1.5.tar.gz
[ -s assay-reports/assay.html ] || fail "no reports were kept"
