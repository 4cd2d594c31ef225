# The key was good until a day before.
new_home
assay trust remove acme
assay trust add acme --key "$keys/acme.pub" --name acme-2026 --match 'agent-*' --until 2026-01-01 -q
good_bundle
sign agent-1.4.tar.gz
