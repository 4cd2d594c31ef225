// Revocations: revoked.d/<name>.toml, which can be shipped ahead of a new store.

#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "trust/store.h"

namespace assay {

/// Strict. Each `[[revoked]]` names a pinned key (by `key`, its name, or `id`) or a file
/// (by `digest`, "sha256:<hex>"), with `at` and `reason`. An `id` that nobody pins is
/// fine: it may come before its key. Of two revocations of a key the graver stands.
/// Fails with config and points at the line.
Result<void> apply_revocations(std::string text, const std::string& label,
                               std::vector<Vendor>& vendors, std::vector<RevokedDigest>& files);

/// What a key can be revoked for: "compromised" for good; after "superseded" and
/// "retired" it still vouches for what provably existed before.
bool is_lasting_reason(std::string_view reason);

/// Writes revoked.d/<date>-<key>.toml. Fails with usage if the store has no such key.
struct NewRevocation {
  std::string vendor{}, key_name{};
  std::string reason = "compromised";
  Time at{};
};
Result<void> revoke_key(const std::string& folder, const NewRevocation& revocation,
                        const TrustFormats& formats);

}  // namespace assay
