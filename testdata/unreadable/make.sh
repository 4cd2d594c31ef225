# A file its reader may not read.
new_home
good_bundle
chmod 0 agent-1.4.tar.gz
chmod 755 "$work"
chown -R 65534 home 2>/dev/null || true
