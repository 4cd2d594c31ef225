# More members than the policy allows.
new_home
assay policy show baseline | sed "s/^\[limits\]/&\nmembers = 50/" >few.toml
grep -q "^members = 50" few.toml || printf "\n[limits]\nmembers = 50\n" >>few.toml
mkdir many && for i in $(seq 100); do : >"many/$i"; done
pack agent-1.4.tar.gz many
sign agent-1.4.tar.gz
