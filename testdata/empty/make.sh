# An empty file, really signed.
new_home
: >agent-1.4.tar.gz
sign agent-1.4.tar.gz
