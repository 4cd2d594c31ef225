# The signed comment was given another time.
new_home
good_bundle
sign agent-1.4.tar.gz
sed -i "3s/timestamp:17/timestamp:18/" agent-1.4.tar.gz.minisig
