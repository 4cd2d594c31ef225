# The pinned key signed these bytes, as a commit and not as a file.
new_home
assay trust add acme --key "$keys/acme-ssh.pub" --name acme-ssh -q
good_bundle
sign_ssh agent-1.4.tar.gz git
