# The key that signs verdicts can be read by anybody.
new_home
chmod 644 home/keys/verdict.pem
good_bundle
sign agent-1.4.tar.gz
