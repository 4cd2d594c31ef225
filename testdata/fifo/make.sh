# A FIFO gives other bytes to each reader.
new_home
mkfifo agent-1.4.tar.gz
