#!/bin/sh
# verify-and-gate.sh BUNDLE: for any CI system. Verifies a vendor's update, keeps the
# reports, and ends with 0 only if the gate lets this very file through.
#   ASSAY_HOME   trust store, policy, key and gate file (default: assay's own)
#   REPORTS      folder for the reports (default: assay-reports)
set -u
bundle=$1
reports=${REPORTS:-assay-reports}
mkdir -p "$reports" || exit 5
assay verify "$bundle" --verdict "$reports/verdict.jsonl" \
  --report junit="$reports/assay.junit.xml" \
  --report sarif="$reports/assay.sarif" \
  --report html="$reports/assay.html" || exit
exec assay gate "$bundle" --verdict "$reports/verdict.jsonl"
