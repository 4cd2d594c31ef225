# The list is signed, and names this file with the digest of another.
new_home
good_bundle
echo other | sha256sum | sed "s/-/agent-1.4.tar.gz/" >SHA256SUMS
sign SHA256SUMS
