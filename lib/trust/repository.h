// A Debian repository as a witness: the snapshot of its `dists/<suite>` names a
// package by a chain of digests that ends in a signature. signing.md 3.12.

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "trust/check.h"

namespace assay {

/// What signs a snapshot: InRelease, or where that is missing Release and Release.gpg.
struct Repository {
  std::string folder{};
  Sidecar release{};                   ///< the signed text: InRelease, or Release
  std::optional<Sidecar> signature{};  ///< Release.gpg; none beside InRelease
};

/// Fails with usage (no such folder, nothing signed in it) or io.
Result<Repository> read_repository(const std::string& folder);

/// A record for each signature of the snapshot, and for each key pinned for the role
/// "metadata" that signed it one more (is_list): whether the package's stanza, in a
/// Packages file that the signed text names, is the bundle. Fails with io, and as
/// check_signatures does.
Result<std::vector<SignatureRecord>> check_repository(const TrustQuestion& question,
                                                      const Repository& repository);

}  // namespace assay
