#!/usr/bin/env bash
# Pinning, listing and removing keys; what is refused leaves the store as it was.
. "$(dirname "$0")/../common.sh"
assay init -q >/dev/null
expect_exit 0 assay trust list
says "nobody is trusted yet"
expect_exit 0 assay trust add acme --key "$(sed -n 2p "$keys/acme.pub")" --match 'agent-*' --until 2030-01-01
says "pinned for acme: minisign key 38DE40A9945551E6"
expect_exit 0 assay trust list
says "acme  may sign agent-*"
expect_exit 0 assay trust show acme
says "38DE40A9945551E6" "2030-01-01T00:00:00Z"
before=$(find home/trust -type f -exec sha256sum {} + | sort)
expect_exit 2 assay trust add acme --key "$keys/acme.pub" --match 'agent-*'
expect_exit 2 assay trust add acme --key "$keys/acme.key" --match 'agent-*'
expect_exit 2 assay trust add globex --key "$keys/other.pub" --match '*'
expect_exit 2 assay trust add ../evil --key "$keys/other.pub" --match 'x-*'
expect_exit 2 assay trust show nobody
expect_exit 2 assay trust remove nobody
[ "$before" = "$(find home/trust -type f -exec sha256sum {} + | sort)" ] || fail "a refusal changed the store"
expect_exit 0 assay trust add acme --key "$keys/other.pub" --name acme-next --match 'agent-*'
expect_exit 0 assay trust remove acme acme-next
expect_exit 0 assay trust remove acme
expect_exit 0 assay trust list
says "nobody is trusted yet"
