# There is no such file.
new_home
