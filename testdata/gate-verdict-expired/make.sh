# A verdict past its own notAfter.
new_home
sed -i 's/^max_age.*/max_age = "30d"/' home/gate.toml
good_bundle
sign agent-1.4.tar.gz
assay verify -q --at 2026-03-01T00:00:00Z --verdict verdict.jsonl agent-1.4.tar.gz
