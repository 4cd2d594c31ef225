# Anybody could add a key.
new_home
chmod 666 home/trust/vendors.d/acme.toml
good_bundle
sign agent-1.4.tar.gz
