#!/usr/bin/env bash
# fault.sh CASE: one folder of testdata/, named by its fault.
#   make.sh     makes the inputs in the current folder
#   command     is run there; what it prints, and its exit code, must be
#   expect.txt  to the byte, digests and the number of rules aside
# With UPDATE=1 expect.txt is written anew: read the diff before you commit it.
. "$(dirname "$0")/common.sh"
folder=$SOURCE/testdata/$1

# shellcheck source=/dev/null
. "$folder/make.sh" >/dev/null

# shellcheck source=/dev/null
answer() ( . "$folder/command" )
code=0
answer >answer.txt 2>&1 || code=$?
# Where it is logged differs from run to run.
{ sed -E "/^logged   entry /d; /^  \"logEntry\": /d; s|$work|<work>|g; s/\b[0-9a-f]{128}\b/<sha512>/g; s/\b[0-9a-f]{64}\b/<sha256>/g" answer.txt
  echo "exit $code"; } >got.txt

if [ -n "${UPDATE:-}" ]; then cp got.txt "$folder/expect.txt"; fi
# Rules are added all the time.
any_rules() { sed -E 's/\b[0-9]+ rules, serial [0-9]+/<rules>/' "$1"; }
diff -u <(any_rules "$folder/expect.txt") <(any_rules got.txt) || fail "the answer is not the expected one"
