#!/usr/bin/env bash
# Other people's programs read what assay writes: xmllint with Jenkins' schema, the
# CycloneDX schema, promtool; of a good, a poisoned, a hostile and an undecided bundle.
# shellcheck source=tests/common.sh
. "$(dirname "$0")/../common.sh"
new_home
formats='html markdown sarif junit gitlab dotenv prometheus cyclonedx'

check() {  # check CODE BUNDLE: verifies it, and has every report read
  local bundle=$2 reports=() format
  sign "$bundle"
  for format in $formats; do reports+=(--report "$format=$bundle.$format"); done
  expect_exit "$1" assay verify "$bundle" "${reports[@]}"
  timeout 20 xmllint --nonet --noout --schema "$SOURCE/testdata/schemas/junit-10.xsd" \
    "$bundle.junit" 2>err.txt || fail "JUnit of $bundle: $(cat err.txt)"
  timeout 20 promtool check metrics <"$bundle.prometheus" >err.txt 2>&1 ||
    fail "metrics of $bundle: $(cat err.txt)"
  timeout 20 xmllint --nonet --noout --html "$bundle.html" 2>err.txt || true
  grep -vE 'Tag (main|section|header|footer|nav|article|svg|path|rect|details|summary) invalid' err.txt |
    grep -q 'HTML parser error' && fail "HTML of $bundle: $(cat err.txt)"
  timeout 60 python3 -W ignore - "$SOURCE/testdata/schemas" "$bundle" <<'PY' || fail "JSON of $bundle"
import json, os, sys
import jsonschema
folder, bundle = sys.argv[1:]
schemas = [json.load(open(os.path.join(folder, n))) for n in os.listdir(folder) if n.endswith(".json")]
main = next(s for s in schemas if s["$id"].endswith("bom-1.6.schema.json"))
resolver = jsonschema.RefResolver.from_schema(main, store={s["$id"]: s for s in schemas})
jsonschema.Draft7Validator(main, resolver=resolver).validate(json.load(open(bundle + ".cyclonedx")))
for run in json.load(open(bundle + ".sarif"))["runs"]:
    ids = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    for result in run["results"]:
        assert ids[result["ruleIndex"]] == result["ruleId"]
        assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert result["message"]["text"] and result["partialFingerprints"]
prints = [entry["fingerprint"] for entry in json.load(open(bundle + ".gitlab"))]
assert len(prints) == len(set(prints))
PY
  grep -qvE '^[A-Z_0-9]+=[A-Za-z0-9._:/+@,-]+$' "$bundle.dotenv" && fail "dotenv of $bundle"
  return 0
}

good_bundle; check 0 agent-1.4.tar.gz
poisoned_bundle agent-1.5.tar.gz; check 1 agent-1.5.tar.gz
for name in ']]>' '<script>' '"|`' $'\n::error::' $'\xff' $'\xe2\x80\xae' '##[debug]' '&amp;'; do
  printf x >"good/x$name"
done
pack agent-1.6.tar.gz good; check 1 agent-1.6.tar.gz
head -c 100 agent-1.4.tar.gz >'agent-1.7 <b>.tar.gz'; check 1 'agent-1.7 <b>.tar.gz'

timeout 20 promtool check rules "$SOURCE/policies/monitoring/alerts.yml" >/dev/null ||
  fail "promtool refuses the alert rules"
timeout 20 python3 - "$SOURCE/policies/monitoring" agent-1.4.tar.gz.prometheus <<'PY' || fail "the dashboard asks for what nobody writes"
import json, re, sys
written = set(re.findall(r"^# TYPE (\S+)", open(sys.argv[2]).read(), re.M))
# Only where a witness saw the log, and where a waiver is used.
log = {"assay_log_witness_timestamp_seconds", "assay_waiver_expiry_timestamp_seconds"}
panels = json.load(open(sys.argv[1] + "/grafana.json"))["panels"]
asked = " ".join(t["expr"] for p in panels for t in p["targets"]) + open(sys.argv[1] + "/alerts.yml").read()
assert set(re.findall(r"assay_[a-z_]+", asked)) <= written | log
PY
