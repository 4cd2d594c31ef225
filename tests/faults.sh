#!/usr/bin/env bash
# A system call of `assay verify` fails, each one in turn, once and from then on (or,
# interrupted, every second time), in every process of the run. It never hangs and
# never passes wrongly; what verdict stands there afterwards is whole, and nothing
# stands beside it.
# A sample of the points; with ASSAY_FAULTS=all every one.
# shellcheck source=tests/common.sh
. "$(dirname "$0")/common.sh"

# What each call fails with. Left out is what no kernel does, such as a close() that
# fails and leaves the descriptor open.
kinds='openat EIO EMFILE EINTR
read EIO EINTR
pread64 EIO EINTR
write EIO ENOSPC EINTR
fsync EIO ENOSPC
rename EIO ENOSPC
unlink EIO EROFS
newfstatat EIO
getdents64 EIO
fcntl EIO
fchmod EIO
dup2 EMFILE
memfd_create EMFILE ENOMEM
pipe2 EMFILE
socketpair EMFILE
sendmsg EIO EINTR
recvmsg EIO EINTR
sendto EIO EINTR
recvfrom EIO EINTR
poll EINTR ENOMEM
wait4 EINTR
clone EAGAIN
clone3 EAGAIN
mmap ENOMEM
mprotect ENOMEM
getrandom EINTR
prctl EPERM
prlimit64 EPERM
close_range EINVAL
seccomp EPERM
pidfd_open EMFILE
landlock_create_ruleset ENOSYS'

# run_under ARG...: the run, traced.
run_under() { timeout 20 strace -f -qq -o trace "$@" "$ASSAY" verify agent-1.4.tar.gz; }

# point CALL ERRNO WHEN: one run; a line with its exit status, and what is wrong with it.
# WHEN is a place, N, or N+ from there on.
point() {
  local code=0 wrong='' beside
  mkdir "$1-$2-$3" && cd "$1-$2-$3"
  cp ../input/* .
  run_under -e trace="$1" -e inject="$1:error=$2:when=$3" >out.txt 2>&1 || code=$?
  case $code in
    0) # as if nothing had happened: a retry, or something that does not matter
      grep -q 'PASSED' out.txt && assay gate -q agent-1.4.tar.gz --verdict agent-1.4.tar.gz.verdict.jsonl >gate.txt 2>&1 ||
        wrong='exit 0 without an accepted verdict' ;;
    2 | 3 | 5) ;;
    124) wrong='it hangs' ;;
    *) wrong="it ends with $code" ;;
  esac
  if [ "$code" != 0 ] && [ -e agent-1.4.tar.gz.verdict.jsonl ]; then
    # The old one or this run's, but never half of one (which a gate answers with 4).
    assay gate agent-1.4.tar.gz --verdict agent-1.4.tar.gz.verdict.jsonl >gate.txt 2>&1 || [ $? = 1 ] ||
      wrong="half a verdict: $(tr '\n' ' ' <gate.txt)"
  fi
  beside=$(find . -mindepth 1 -printf '%P\n' | grep -vE '^(agent-1\.4\.tar\.gz(|\.minisig|\.verdict\.jsonl|\.verdict\.tlog-proof)|(out|gate)\.txt|trace)$' || true)
  [ -z "$beside" ] || wrong="left behind: $beside"
  printf '%s %s %s %s %s\n' "$code" "$1" "$2" "$3" "$wrong"
  if [ -n "$wrong" ]; then sed 's/^/    /' out.txt; tail -n 3 trace | sed 's/^/    /'; fi
  cd .. && rm -rf "${1:?}-$2-$3"
}

if [ "${1:-}" = point ]; then
  trap - EXIT
  rm -rf "$work"
  cd "$2"
  export HOME=$2 ASSAY_HOME=$2/home
  point "$3" "$4" "$5"
  exit
fi

new_home
mkdir input
good_bundle input/agent-1.4.tar.gz
sign input/agent-1.4.tar.gz

# Short reads and writes are no faults: the answer is the same.
cp input/* .
expect_exit 0 env LD_PRELOAD="$(dirname "$ASSAY")/short_io.so" "$ASSAY" verify agent-1.4.tar.gz
says "PASSED" "verdict  agent-1.4.tar.gz.verdict.jsonl"
expect_exit 0 env LD_PRELOAD="$(dirname "$ASSAY")/short_io.so" "$ASSAY" gate agent-1.4.tar.gz --verdict agent-1.4.tar.gz.verdict.jsonl
rm agent-1.4.tar.gz*

cd input
# An older verdict lies there, so that removing it can fail, too.
run_under 2>err.txt >/dev/null || { cat err.txt; echo "processes cannot be traced here"; exit 77; }
run_under >/dev/null
# Before the first fcntl, which is main's, the loader is at work; it ends as it likes.
sed -nE 's,^([0-9]+) +([a-z_0-9]+)\(.*,\1 \2,p' trace |
  awk '$2 == "fcntl" { ours = 1 }
    { if (++count[$1 $2] > most[$2]) most[$2] = count[$1 $2]; loader[$2] += !ours }
    END { for (call in most) print call, loader[call] + 0, most[call] }' >../counts
rm trace err.txt
cd ..

# Every place of every call that occurs, once and from there on.
while read -r call errors; do
  read -r loader most < <(awk -v call="$call" '$1 == call { print $2, $3 }' counts) || continue
  for error in $errors; do
    again=+
    [ "$error" != EINTR ] || again=+2
    for ((at = loader + 1; at <= most; ++at)); do printf "$call $error %s\n" $at $at$again; done
  done
done <<<"$kinds" >points
all=$(wc -l <points)
if [ "${ASSAY_FAULTS:-}" != all ]; then
  # Rare calls whole, of the others some of each.
  awk '{ n[$1 $2]++; line[NR] = $0; key[NR] = $1 $2 }
    END { for (i = 1; i <= NR; ++i) { seen[key[i]]++; step = int(n[key[i]] / 7) + 1
      if (seen[key[i]] % step == 0) print line[i] } }' points >some
  mv some points
fi

xargs -P "$(nproc)" -L 1 "$SOURCE/tests/faults.sh" point "$work" <points >results
awk '!/^ / { n[$1]++ } END { for (code in n) printf "  exit %-4s %d\n", code, n[code] }' results | sort
printf '%d of %d points\n' "$(grep -vc '^ ' results)" "$all"
[ "$(grep -vc '^ ' results)" = "$(wc -l <points)" ] || fail "some points gave no answer"
bad=$(awk '!/^ / { bad = NF > 4 } bad' results)
[ -z "$bad" ] || fail "these end as they must not:
$bad"
