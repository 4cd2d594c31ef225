# A verdict of eight days ago.
new_home
sed -i 's/^valid_for.*/valid_for = "30d"/' home/policy.toml
good_bundle
sign agent-1.4.tar.gz
assay verify -q --at 2026-03-01T00:00:00Z --verdict verdict.jsonl agent-1.4.tar.gz
