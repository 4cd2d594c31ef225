# A 7z archive, which this version knows and cannot open.
new_home
mkdir good && printf "7z\274\257\047\034\0\004rest of it" >good/payload.7z
pack agent-1.4.tar.gz good
sign agent-1.4.tar.gz
