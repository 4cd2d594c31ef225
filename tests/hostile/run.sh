#!/usr/bin/env bash
# Every hostile bundle of the catalogue through the real program, each signed by
# the trusted key, so that only its content can fail it. Arguments go to run.py.
. "$(dirname "$0")/../common.sh"
new_home
export ASSAY keys
PYTHONDONTWRITEBYTECODE=1 python3 "$SOURCE/tests/hostile/run.py" "$@"
