#!/usr/bin/env bash
# Dependency direction (DESIGN 4): a room includes only what it says it SEES in
# CMakeLists.txt, headers name no third party, and only cmd/ prints or exits.
set -euo pipefail
cd "$(dirname "$0")/.."
bad=0
complain() { echo "layers: $1"; bad=1; }

sees_of() {  # the rooms on the SEES line of a room
  awk -v room="assay_room($1" '
    index($0, room) == 1 { inside = 1 }
    inside && /SEES/ { sub(/.*SEES/, ""); sub(/[)].*/, ""); print; exit }
    inside && /[)]/ { exit }' CMakeLists.txt
}

for folder in lib/*/; do
  room=$(basename "$folder")
  allowed=" $room $(sees_of "$room") "
  while IFS=: read -r file include; do
    seen=${include%%/*}
    [[ $allowed == *" $seen "* ]] || complain "$file includes $include, but $room does not see $seen"
  done < <(grep -Hoh --include='*.cc' --include='*.h' -r '^#include "[a-z]*/' "$folder" -H |
    sed 's/#include "//; s/\/$//')
done

# trust sees of bundle the source, where signatures stand in it and how packets begin, by
# the same code as the worker; and the codecs, for an index whose digest is signed.
grep -lr --exclude='*_test.cc' '#include "bundle/' lib/trust | xargs -r grep -h '#include "bundle/' |
  grep -vE '"bundle/(source|format|deb_index|cfb|signify_comment|openpgp_packet|unpack).h"' | grep -q . &&
  complain "trust includes more of bundle than it may"

third='openssl|sodium|archive|archive_entry|igzip_lib|isa-l|lzma|zstd|bzlib|utf8proc|yara|hs\.h|seccomp|rnp/|fmt/|nlohmann|toml\+\+|CLI/'
while read -r line; do complain "a header names a third party: $line"; done \
  < <(grep -rEn --include='*.h' "#include <($third)" lib cmd || true)

doors() {  # doors PATTERN ROOM...: who may include it
  local pattern=$1; shift
  local file
  while read -r file; do
    local room; room=$(echo "$file" | cut -d/ -f2)
    [[ $file == cmd/* ]] && room=cmd
    [[ " $* " == *" $room "* ]] || complain "$file uses $pattern, whose door is $*"
  done < <(grep -rlE --include='*.cc' "#include <$pattern" lib cmd | grep -v _test.cc || true)
}
doors 'openssl/' crypto
doors 'sodium' crypto
doors 'archive' bundle
doors '(igzip_lib|isa-l)' bundle
doors 'lzma' bundle
doors '(zstd|bzlib|utf8proc)' bundle
doors 'yara' scan
doors 'hs\.h' scan
doors 'seccomp' examine
doors 'rnp/' trust
doors 'nlohmann' base
doors 'toml' base
doors 'CLI/' cmd

while read -r line; do complain "only cmd/ prints or exits: $line"; done \
  < <(grep -rnE --include='*.cc' --include='*.h' \
        '(std::cout|std::cerr|[^a-z_](printf|puts|exit)\()' lib | grep -vE '_test\.cc|//.*exit\(' || true)
# g++ 12 leaks the members in front of it (base/error.h).
while read -r line; do complain "TRY behind another member of a braced list: $line"; done \
  < <(git ls-files 'lib/*.cc' 'cmd/*.cc' 'tests/*.cc' |
    xargs grep -Pzo '\n[^\n]*,\s*\.[a-z_0-9]+ =\s*TRY\(' | tr '\0' '\n' | grep . || true)
# CMake splits a name there, and the test is never run.
while read -r line; do complain "a semicolon in a test's name: $line"; done \
  < <(grep -rnE --include='*_test.cc' 'TEST_CASE\("[^"]*;' lib || true)
exit $bad
