# The verdict is for this file, and it is FAILED.
new_home
poisoned_bundle
sign agent-1.4.tar.gz
assay verify -q --verdict verdict.jsonl agent-1.4.tar.gz || true
