# The vendor lost his key, and the store says so.
new_home
sed -i 's/^name *=.*/&\nrevoked_at = 2026-01-01T00:00:00Z\nrevoked_reason = "stolen"/' home/trust/vendors.d/acme.toml
good_bundle
sign agent-1.4.tar.gz
