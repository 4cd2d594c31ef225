# The policy ran out.
new_home
good_bundle
sign agent-1.4.tar.gz
