# The signed list names the file twice, with different digests.
new_home
good_bundle
sha256sum agent-1.4.tar.gz >SHA256SUMS
echo other | sha256sum | sed "s/-/agent-1.4.tar.gz/" >>SHA256SUMS
sign SHA256SUMS
