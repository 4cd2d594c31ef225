#!/usr/bin/env bash
# completions.sh ASSAY FOLDER: completions for bash, zsh and fish, made of what the program's
# own --help and formats say. Files: FOLDER/assay.bash, _assay, assay.fish.
set -euo pipefail
assay=$1 folder=$2
mkdir -p "$folder"

subcommands() {  # subcommands [WORD...]: name, tab, what
  "$assay" "$@" --help | sed -n '/^Subcommands:/,/^$/p' | sed -nE "s/^  ([a-z-]+) +(.*)$/\1\t\2/p"
}
options() {  # options [WORD...]: long names
  "$assay" "$@" --help | sed -n '/^Options:/,/^$/p' | grep -oE '^  [^ ]+' | grep -oE -- '--[a-z-]+'
}
words() { tr '\n' ' ' | sed 's/ $//'; }

formats=$("$assay" formats | sed -n 's/^writes *//p')
commands=$(subcommands | cut -f1 | words)
always=$(options | words)

# What follows a command: its own subcommands and options.
table() {  # table PRINTF: one line a command
  local command
  for command in $commands; do
    # shellcheck disable=SC2059
    printf "$1" "$command" "$({ subcommands "$command" | cut -f1; options "$command"; } | words) $always"
  done
}

cat >"$folder/assay.bash" <<BASH
# bash completion for assay; made by packaging/completions.sh
_assay() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} choices
  case \$before in
    --format) COMPREPLY=(\$(compgen -W '$formats' -- "\$word")); return ;;
    --policy) COMPREPLY=(\$(compgen -W 'baseline strict' -- "\$word") \$(compgen -f -- "\$word")); return ;;
    --sandbox) COMPREPLY=(\$(compgen -W 'require best-effort off' -- "\$word")); return ;;
  esac
  if [ "\$COMP_CWORD" -eq 1 ]; then choices='$commands $always'; else
    case \${COMP_WORDS[1]} in
$(table "      %s) choices='%s' ;;\\n")
    esac
  fi
  COMPREPLY=(\$(compgen -W "\$choices" -- "\$word"))
  [[ \$word == -* ]] || COMPREPLY+=(\$(compgen -f -- "\$word"))
}
complete -o filenames -F _assay assay
BASH

cat >"$folder/_assay" <<ZSH
#compdef assay
# zsh completion for assay; made by packaging/completions.sh
local -a choices
if (( CURRENT == 2 )); then
  choices=($commands $always)
  compadd -a choices
  return
fi
case \$words[CURRENT-1] in
  --format) compadd $formats; return ;;
  --sandbox) compadd require best-effort off; return ;;
esac
case \$words[2] in
$(table "  %s) choices=(%s) ;;\\n")
esac
compadd -a choices
_files
ZSH

{
  echo '# fish completion for assay; made by packaging/completions.sh'
  subcommands | while IFS=$'\t' read -r name what; do
    printf "complete -c assay -n __fish_use_subcommand -a %s -d '%s'\n" "$name" "${what//\'/\\\'}"
  done
  for command in $commands; do
    for option in $(options "$command"); do
      printf "complete -c assay -n '__fish_seen_subcommand_from %s' -l %s\n" "$command" "${option#--}"
    done
    for name in $(subcommands "$command" | cut -f1); do
      printf "complete -c assay -n '__fish_seen_subcommand_from %s' -a %s\n" "$command" "$name"
    done
  done
  printf "complete -c assay -l format -x -a '%s'\n" "$formats"
} >"$folder/assay.fish"
