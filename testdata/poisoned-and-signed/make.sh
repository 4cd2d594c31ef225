# A miner configuration, signed by the vendor.
new_home
poisoned_bundle
sign agent-1.4.tar.gz
