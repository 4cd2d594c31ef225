# The signed list was changed afterwards.
new_home
good_bundle
sha256sum agent-1.4.tar.gz >SHA256SUMS
sign SHA256SUMS
sed -i "1s/^\(.\{10\}\)./\10/; 1s/^\(.\{11\}\)./\11/" SHA256SUMS
