# Two vendors claim the name.
new_home
assay trust add globex --key "$keys/other.pub" --name globex-2026 --match '*-1.4.tar.gz' -q
good_bundle
sign agent-1.4.tar.gz
