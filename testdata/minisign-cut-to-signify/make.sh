# A legacy minisign signature without its last two lines is one of signify; it was
# made for another file, which only the trusted comment said.
new_home
good_bundle
cp agent-1.4.tar.gz agent-1.3.tar.gz
sign agent-1.3.tar.gz acme -l
head -n 2 agent-1.3.tar.gz.minisig >agent-1.4.tar.gz.sig
rm agent-1.3.tar.gz*
