# A zip with a password: nobody can look inside.
new_home
good_bundle
TZ=UTC0 zip -q -X -r -P secret agent-1.4.zip good
sign agent-1.4.zip
