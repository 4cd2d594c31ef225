# Everyday on Linux, and worth knowing: a setuid program, names that differ by case
# only, a file that anybody may change. Shown, and PASSED.
new_home
mkdir tree
for name in tool xt_DSCP.h xt_dscp.h log; do echo "$name" >"tree/$name"; done
chmod 4755 tree/tool
chmod 644 tree/xt_*.h
chmod 666 tree/log
tar --mtime=@1700000000 --owner=0 --group=0 --numeric-owner \
  -C tree -czf agent-1.4.tar.gz tool xt_DSCP.h xt_dscp.h log
sign agent-1.4.tar.gz
