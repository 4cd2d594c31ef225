# A good verdict, shown for another file.
new_home
good_bundle
sign agent-1.4.tar.gz
assay verify -q --verdict verdict.jsonl agent-1.4.tar.gz
echo >>agent-1.4.tar.gz
