# A statement of the vendor's pipeline names the bundle, and minisign signed it too.
new_home
pin_ci
good_bundle
sign agent-1.4.tar.gz
attest agent-1.4.tar.gz "{\"sha256\":\"$(sha256sum <agent-1.4.tar.gz | cut -d ' ' -f 1)\"}"
