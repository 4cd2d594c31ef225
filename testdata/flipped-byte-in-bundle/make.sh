# One bit of the file differs from what was signed.
new_home
good_bundle agent-1.4.tar
sign agent-1.4.tar
flip agent-1.4.tar 600
