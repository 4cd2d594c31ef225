# Signed by a key that nobody pinned.
new_home
good_bundle
sign agent-1.4.tar.gz other
