// Manifests: lists of digests, and statements that name files by them. Data
// until their bytes are signed.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "trust/signature.h"

namespace assay {

struct ManifestEntry {
  std::string name{};  ///< raw bytes, unescaped
  std::string
      algorithm{};    ///< "sha256", "sha384", "sha512", "blake2b", or one that never counts
  std::string hex{};  ///< lower case
};

/// ManifestFormat: one row.
struct ManifestFormat {
  std::string_view name;  ///< "checksums-gnu"
  bool (*matches)(std::string_view bytes);
  /// Fails as `malformed` with code "list-malformed" and the line.
  Result<std::vector<ManifestEntry>> (*parse)(const Sidecar& list);
};

}  // namespace assay
