# shellcheck shell=bash
# Sourced by every script test. ASSAY names the program, SOURCE the checkout;
# the script runs in a new folder of its own that is gone afterwards.

set -euo pipefail
export LC_ALL=C TZ=UTC0
unset ASSAY_HOME ASSAY_KEY_PASSPHRASE XDG_CONFIG_HOME NO_COLOR CI
SOURCE=${SOURCE:-$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)}
ASSAY=${ASSAY:-$SOURCE/build/assay}
keys=$SOURCE/testdata/keys

work=$(mktemp -d)
trap 'chmod -R u+rwX "$work"; rm -rf "$work"' EXIT
cd "$work"
export HOME=$work ASSAY_HOME=$work/home

assay() { timeout 120 "$ASSAY" "$@"; }

fail() { echo "FAIL: $*" >&2; exit 1; }

# expect_exit CODE COMMAND...: runs it, keeps what it says in $out.
expect_exit() {
  local want=$1 got=0
  shift
  out=$("$@" 2>&1) || got=$?
  [ "$got" = "$want" ] || fail "exit $got instead of $want: $*
$out"
}

# says TEXT...: the last expect_exit said each of them.
says() {
  local text
  for text in "$@"; do
    grep -qF -- "$text" <<<"$out" || fail "nothing says '$text' in:
$out"
  done
}

# new_home: a home folder that trusts the vendor acme for agent-* files.
new_home() {
  assay init -q >/dev/null
  assay trust add acme --key "$keys/acme.pub" --name acme-2026 --match 'agent-*' -q >/dev/null
}

# sign FILE [KEY [MINISIGN-OPTION...]]: FILE.minisig by a test key.
sign() {
  local file=$1 key=${2:-acme}
  minisign -S -q -s "$keys/$key.key" -m "$file" -c 'made by the tests' \
    -t "timestamp:1700000000	file:$(basename "$file")" "${@:3}" >/dev/null
}

# sign_ssh FILE [NAMESPACE]: FILE.sig by acme's SSH key, as ssh-keygen makes it.
sign_ssh() {
  install -m 600 "$keys/acme-ssh" ssh-key
  timeout 20 ssh-keygen -Y sign -q -n "${2:-file}" -f ssh-key "$1" 2>/dev/null
  rm ssh-key
}

# attest FILE DIGESTS: FILE.intoto.jsonl, a statement that names FILE by a JSON object of
# digests, by the key of acme's pipeline.
attest() {
  local type=application/vnd.in-toto+json statement
  statement=$(printf '{"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"%s","digest":%s}],%s}' \
    "$(basename "$1")" "$2" '"predicateType":"https://slsa.dev/provenance/v1","predicate":{}')
  printf 'DSSEv1 %d %s %d %s' ${#type} "$type" ${#statement} "$statement" >pae
  timeout 20 openssl pkeyutl -sign -inkey "$keys/acme-ci.key" -rawin -in pae -out pae.sig
  printf '{"payload":"%s","payloadType":"%s","signatures":[{"keyid":"","sig":"%s"}]}\n' \
    "$(printf %s "$statement" | base64 -w0)" "$type" "$(base64 -w0 pae.sig)" >"$1.intoto.jsonl"
  rm pae pae.sig
}

# pin_ci: acme's pipeline may attest.
pin_ci() {
  assay trust add acme --key "$keys/acme-ci.pub" --name acme-ci --role provenance -q >/dev/null
}

# pack ARCHIVE FOLDER: a tar whose bytes depend on nothing but the folder's content.
pack() {
  local archive=$1 folder=$2
  tar --sort=name --mtime=@1700000000 --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX \
    -C "$folder" -cf - . | case $archive in
      *.gz) gzip -n ;; *.xz) xz ;; *.zst) zstd -q ;; *.bz2) bzip2 ;; *) cat ;;
    esac >"$archive"
}

# good_bundle [NAME]: an update with nothing bad in it.
good_bundle() {
  mkdir -p good/usr/bin good/etc
  printf '#!/bin/sh\necho "agent 1.4"\n' >good/usr/bin/agent
  printf 'interval = 60\n' >good/etc/agent.conf
  pack "${1:-agent-1.4.tar.gz}" good
}

# poisoned_bundle [NAME]: the same with a miner's configuration in it.
poisoned_bundle() {
  good_bundle "${1:-agent-1.4.tar.gz}"
  mkdir -p good/opt
  sample pool-config >good/opt/config.json
  pack "${1:-agent-1.4.tar.gz}" good
}

# flip FILE OFFSET: one bit of one byte.
flip() {
  local value
  value=$(od -An -tu1 -j "$2" -N 1 "$1")
  printf '%b' "\\0$(printf %03o $((value ^ 1)))" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

# sample NAME: an inert file that carries a family's indicators and cannot run.
# The words stand here in pieces, so that this file is not one of them.
sample() {
  local s=strat t=um x=xm r=rig
  case $1 in
    pool-config)
      cat <<JSON
{
    "auto""save": true,
    "back""ground": true,
    "rand""omx": {"mode": "auto", "1gb-""pages": true, "rd""msr": true, "wr""msr": true},
    "cpu": {"huge-""pages": true, "max-threads-""hint": 100, "hw-aes": null},
    "donate-""level": 1,
    "pools": [{"url": "$s$t+tcp://pool.example:3333", "user": "wallet", "rig-""id": null, "keep""alive": true, "nice""hash": false}],
    "health-print-""time": 60, "pause-on-""battery": false, "agent": "$x$r"
}
JSON
      ;;
    *) fail "no sample '$1'" ;;
  esac | sed 's/""//g'
}
