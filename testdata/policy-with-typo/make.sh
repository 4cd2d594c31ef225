# A key of the policy is misspelt.
new_home
sed -i "s/^fail_at/fial_at/" home/policy.toml
good_bundle
sign agent-1.4.tar.gz
