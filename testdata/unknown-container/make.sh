# A rar archive, which this version knows and cannot open.
new_home
mkdir good && printf "Rar!\032\007\001\000rest of it" >good/payload.rar
pack agent-1.4.tar.gz good
sign agent-1.4.tar.gz
