# A download that is still going on.
new_home
head -c 48M /dev/zero >agent-1.4.bin
