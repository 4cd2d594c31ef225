# A member that wants to be written elsewhere.
new_home
mkdir good && echo evil >good/x
tar --mtime=@1700000000 --owner=0 --group=0 --numeric-owner --mode=644 -C good --transform "s|^x|../../etc/cron.d/x|" -P -czf agent-1.4.tar.gz x
sign agent-1.4.tar.gz
