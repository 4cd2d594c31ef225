# The download ended early; the vendor really signed these bytes.
new_home
mkdir big && head -c 200000 /dev/zero | openssl enc -aes-128-ctr -K 00 -iv 00 2>/dev/null >big/noise
pack whole.tar.gz big
head -c 100000 whole.tar.gz >agent-1.4.tar.gz
sign agent-1.4.tar.gz
