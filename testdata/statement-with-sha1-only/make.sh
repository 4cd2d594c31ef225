# The statement is signed, and names the bundle by digests that prove nothing.
new_home
pin_ci
good_bundle
attest agent-1.4.tar.gz "{\"sha1\":\"$(sha1sum <agent-1.4.tar.gz | cut -d ' ' -f 1)\",\"gitCommit\":\"$(printf 'a%.0s' {1..40})\"}"
