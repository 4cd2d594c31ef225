# 300 MB of zeros in 300 KB.
new_home
mkdir big && head -c 300M /dev/zero >big/zeros
pack agent-1.4.tar.gz big
sign agent-1.4.tar.gz
