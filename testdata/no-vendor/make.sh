# Signed, but no vendor may sign files of this name.
new_home
good_bundle tool-1.4.tar.gz
sign tool-1.4.tar.gz
