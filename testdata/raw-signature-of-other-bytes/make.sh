# An openssl signature beside the bundle, by a pinned key, over another file.
new_home
assay trust add acme --key "$keys/acme-ci.pub" --name acme-ci -q
good_bundle
echo other >other
openssl pkeyutl -sign -inkey "$keys/acme-ci.key" -rawin -in other -out agent-1.4.tar.gz.sig
