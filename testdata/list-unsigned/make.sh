# A checksum list that nobody signed counts for nothing.
new_home
good_bundle
sha256sum agent-1.4.tar.gz >SHA256SUMS
