# Archives in archives, deeper than the policy allows.
new_home
good_bundle inner.tar.gz
for i in 1 2 3 4 5 6 7; do
  mkdir level$i && mv inner.tar.gz level$i/
  pack inner.tar.gz level$i
done
mv inner.tar.gz agent-1.4.tar.gz
sign agent-1.4.tar.gz
