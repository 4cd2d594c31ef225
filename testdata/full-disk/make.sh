# No room for the verdict: nothing half-written, and never 0.
new_home
good_bundle
sign agent-1.4.tar.gz
# Without a log, so that the verdict is what there is no room for.
rm -r home/log home/keys/log.*
mkdir out
