#!/usr/bin/env bash
# The environment a run is started in decides nothing: descriptors, limits, locale,
# umask, missing folders, signals, and what stands where a bundle should.
. "$(dirname "$0")/../common.sh"
new_home
good_bundle
sign agent-1.4.tar.gz
verdict=agent-1.4.tar.gz.verdict.jsonl

# passes COMMAND...: exit 0, and a verdict that the gate accepts.
passes() {
  rm -f $verdict
  expect_exit 0 "$@"
  expect_exit 0 assay gate agent-1.4.tar.gz --verdict $verdict
}
# whole: there is no verdict, or one that the gate accepts.
whole() { [ ! -e $verdict ] || expect_exit 0 assay gate agent-1.4.tar.gz --verdict $verdict; }

# Standard streams closed, in every combination: what is opened does not become one,
# so nothing is printed into the bundle, the key or the verdict.
contents() { { cat agent-1.4.tar.gz; find home -type f ! -path 'home/log/*' ! -path 'home/state/*' -exec cat {} +; } | sha256sum; }
before=$(contents)
for closed in '<&-' '>&-' '2>&-' '<&- >&-' '<&- 2>&-' '>&- 2>&-' '<&- >&- 2>&-'; do
  rm -f $verdict
  code=0
  bash -c "exec timeout 60 '$ASSAY' verify agent-1.4.tar.gz $closed" >/dev/null 2>&1 || code=$?
  case " $closed" in *' >&-'*) want=5 ;; *) want=0 ;; esac  # the answer was not heard
  [ $code = $want ] || fail "exit $code instead of $want with $closed"
  whole
done
[ "$before" = "$(contents)" ] || fail "something was written into"

# Few descriptors: too few is an answer, never a crash, a hang or half a verdict.
last=1
for descriptors in 3 4 5 6 7 8 9 10 12 16; do
  rm -f $verdict
  code=0
  (ulimit -n $descriptors; exec timeout 60 "$ASSAY" verify agent-1.4.tar.gz) >out.txt 2>&1 || code=$?
  case $code in
    0 | 2 | 3 | 5) ;;
    127) grep -q 'error while loading shared libraries' out.txt || fail "exit 127: $(cat out.txt)" ;;
    *) fail "exit $code with $descriptors descriptors: $(cat out.txt)" ;;
  esac
  whole
  last=$code
done
[ $last = 0 ] || fail "16 descriptors are not enough: $(cat out.txt)"

# Locales, umask, home and temporary folder.
for locale in C POSIX tr_TR.UTF-8 de_DE.ISO-8859-1 nonsense ''; do
  passes env LC_ALL="$locale" LANG="$locale" LANGUAGE="$locale" "$ASSAY" verify agent-1.4.tar.gz
done
passes env -i ASSAY_HOME="$ASSAY_HOME" "$ASSAY" verify agent-1.4.tar.gz
passes env -u HOME TMPDIR=/no/such/folder "$ASSAY" verify agent-1.4.tar.gz
rm -f $verdict
(umask 0; expect_exit 0 assay verify agent-1.4.tar.gz; expect_exit 0 assay --home open init)
[ "$(stat -c %a $verdict)" = 644 ] || fail "the verdict is mode $(stat -c %a $verdict)"
[ "$(stat -c %a open/keys/verdict.pem)" = 600 ] || fail "the key is mode $(stat -c %a open/keys/verdict.pem)"
[ "$(stat -c %a open/keys)" = 700 ] || fail "the keys' folder is mode $(stat -c %a open/keys)"
find open -perm /022 | grep . && fail "others may write into the home folder"
(umask 777; expect_exit 0 assay verify agent-1.4.tar.gz)
[ "$(stat -c %a $verdict)" = 644 ] || fail "the verdict is mode $(stat -c %a $verdict)"
expect_exit 0 env -u HOME -u ASSAY_HOME "$ASSAY" scan agent-1.4.tar.gz

# What is no bundle is none, and is not waited for.
mkfifo pipe
for path in . / /dev/null /dev/zero /dev/stdin pipe /proc/self/mem /proc/self/maps no-such-file ''; do
  code=0
  timeout 20 "$ASSAY" verify --verdict none "$path" </dev/null >out.txt 2>&1 || code=$?
  [[ $code = [23] ]] || fail "exit $code for '$path': $(cat out.txt)"
done
code=0
timeout 20 "$ASSAY" verify --verdict none /dev/stdin <agent-1.4.tar.gz >out.txt 2>&1 || code=$?
[[ $code = [123] ]] || fail "exit $code for a bundle without a name: $(cat out.txt)"
code=0
timeout 20 cat agent-1.4.tar.gz | timeout 20 "$ASSAY" verify --verdict none /dev/stdin >out.txt 2>&1 || code=$?
[ $code = 3 ] || fail "exit $code for a pipe: $(cat out.txt)"

# Names that look like options, and names of more than one line.
for name in $'agent-\n1.tar.gz' 'agent- 1 .tar.gz' $'agent-\e[2J.tar.gz'; do
  cp agent-1.4.tar.gz "$name"
  code=0
  assay verify --verdict none "$name" >out.txt 2>&1 || code=$?
  [ $code = 0 ] || [ $code = 1 ] || fail "exit $code for $(printf %q "$name"): $(cat out.txt)"
  LC_ALL=C grep -q $'[\e]' out.txt && fail "a name is printed as it stands"
  head -1 out.txt | grep -qE ': (PASSED|FAILED)' || fail "the answer's first line is broken: $(head -2 out.txt)"
done
cp agent-1.4.tar.gz ./-q
expect_exit 1 assay verify --verdict none -- -q
says "-q: FAILED" "no-vendor"
expect_exit 2 assay verify --verdict none --no-such-option agent-1.4.tar.gz

# A reader that goes away, a full disk, a limit on file sizes.
rm -f $verdict
code=0
{ assay verify agent-1.4.tar.gz || code=$?; echo $code >code; } | head -c 1 >/dev/null
[[ $(cat code) = [05] ]] || fail "exit $(cat code) with a reader that went away"
whole
expect_exit 2 assay verify --output /dev/full agent-1.4.tar.gz
says "is no regular file"
code=0
(ulimit -f 1; exec timeout 60 "$ASSAY" verify agent-1.4.tar.gz) >out.txt 2>&1 || code=$?
[ $code = 5 ] || fail "exit $code with a limit on file sizes: $(cat out.txt)"
[ ! -e $verdict ] || fail "there is a verdict although it did not fit"
if mkdir disk && unshare -rm true 2>/dev/null; then
  cat >on-full-disk <<'SCRIPT'
mount -t tmpfs -o size=4k,nr_inodes=16 none disk || exit 77
"$ASSAY" verify --verdict disk/v.jsonl agent-1.4.tar.gz; code=$?
ls -A disk
exit $code
SCRIPT
  code=0
  ASSAY=$ASSAY unshare -rm bash on-full-disk >out.txt 2>&1 || code=$?
  [ $code = 77 ] || [ $code = 5 ] || fail "exit $code on a full disk: $(cat out.txt)"
  [ $code = 77 ] || grep -qF 'No space left' out.txt || fail "the disk was not full: $(cat out.txt)"
  grep -qE '^v\.jsonl' out.txt && fail "something is left on the full disk: $(cat out.txt)"
fi

# A storm of signals that interrupt every call.
passes "$(dirname "$ASSAY")/storm" "$ASSAY" verify agent-1.4.tar.gz
