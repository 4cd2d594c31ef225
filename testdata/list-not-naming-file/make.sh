# The signed list is of another release.
new_home
good_bundle
echo other | sha256sum | sed "s/-/agent-1.3.tar.gz/" >SHA256SUMS
sign SHA256SUMS
