# One digit of the signature line differs.
new_home
good_bundle
sign agent-1.4.tar.gz
sed -i "2s/^\(.\{60\}\)./\1A/; 2s/^\(.\{61\}\)./\1B/" agent-1.4.tar.gz.minisig
