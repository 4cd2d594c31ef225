# Nobody signed it.
new_home
good_bundle
