# shellcheck shell=bash
# Sourced by the scripts under interop/ that put one file before a foreign program and
# before assay. Where the two differ it is meant, and the script says why; `./dev differences`
# prints all of that as one table.

both=0 differences=0 theirs=

# believed FILE [OPTION...]: yes if assay counts a signature for FILE, else no; what it said
# of those that do not count is in $reasons.
believed() {
  rm -f report.json
  assay verify "$@" -q --verdict none --format json -o report.json >/dev/null 2>&1 || true
  reasons=$(jq -r '[.core.signatures[] | .reason // empty | select(. != "")] | unique | join(" ")' report.json 2>/dev/null) ||
    reasons=
  ours=no
  if jq -e --arg name "$(basename "$1")" \
    'any(.core.signatures[]; .verified and (.list or .subject == $name))' report.json >/dev/null 2>&1; then
    ours=yes
  fi
}

# row PROGRAM CASE THEIRS OURS [WHY]: holds what both said, $theirs and $ours, against what
# they should say; where that differs there must be a WHY.
row() {
  [ "$theirs/$ours" = "$3/$4" ] || fail "$1: $2: they say $theirs, assay $ours ($reasons)"
  if [ "$theirs" = "$ours" ]; then
    both=$((both + 1))
    printf 'same     %-14s %-38s both %-3s             %s\n' "$1" "$2" "$ours" "$reasons"
  else
    [ -n "${5:-}" ] || fail "$1: $2: no reason is given for the difference"
    differences=$((differences + 1))
    printf 'differs  %-14s %-38s they %-3s assay %-3s  %s: %s\n' "$1" "$2" "$theirs" "$ours" \
      "${reasons:-no signature}" "$5"
  fi
}

compared() { echo "agreed on $both, differences that are meant: $differences"; }
