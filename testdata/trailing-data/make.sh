# Something was appended to the archive, and signed along.
new_home
good_bundle
printf "and more" >>agent-1.4.tar.gz
sign agent-1.4.tar.gz
