# One character of the signed summary differs.
new_home
good_bundle
sign agent-1.4.tar.gz
assay verify -q --verdict verdict.jsonl agent-1.4.tar.gz
size=$(stat -c %s verdict.jsonl)
flip verdict.jsonl $((size - 700))
