# The key is trusted for agent-*, and the file is the product of another vendor.
new_home
assay trust add globex --key "$keys/other.pub" --name globex-2026 --match 'tool-*' -q
good_bundle tool-1.4.tar.gz
sign tool-1.4.tar.gz acme
