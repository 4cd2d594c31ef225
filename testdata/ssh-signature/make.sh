# Signed with ssh-keygen, by a key pinned from its .pub file.
new_home
assay trust add acme --key "$keys/acme-ssh.pub" --name acme-ssh -q
good_bundle
sign_ssh agent-1.4.tar.gz
