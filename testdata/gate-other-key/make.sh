# A verdict that another host signed.
new_home
good_bundle
sign agent-1.4.tar.gz
assay key new --key other.pem
assay verify -q --key other.pem --verdict verdict.jsonl agent-1.4.tar.gz
