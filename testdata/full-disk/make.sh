# No room for the verdict: nothing half-written, and never 0.
new_home
good_bundle
sign agent-1.4.tar.gz
mkdir out
