# A folder is no bundle.
new_home
mkdir agent-1.4
