# Nothing is wrong: what every other case differs from.
new_home
good_bundle
sign agent-1.4.tar.gz
