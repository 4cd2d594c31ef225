// Signatures inside the bundle: found by their formats, and held to cover all of it.

#pragma once

#include <optional>
#include <vector>

#include "base/error.h"
#include "trust/formats.h"

namespace assay {

/// What one format found, and how it would be called in a report.
struct FoundSignature {
  const EmbeddedFormat* format = nullptr;
  EmbeddedSignature signature{};
  Sidecar bytes{};  ///< its place, by a name such as "app.deb!/_gpgorigin"
};

/// Of every format, in their order. Where one fails as malformed or undecided its error
/// stands in `faults`. Fails with io.
struct FoundSignatures {
  std::vector<FoundSignature> signatures{};
  std::vector<std::pair<const EmbeddedFormat*, Error>> faults{};
};
Result<FoundSignatures> find_embedded(const SignedFile& bundle, const TrustFormats& formats);

/// The first byte of `size` that no range covers, if there is one; `size` if a range is of
/// what is not there.
std::optional<std::uint64_t> uncovered_byte(std::vector<ByteRange> covered, std::uint64_t size);

/// The same for the bundle: what the signature is over, holds, and leaves to the container.
std::optional<std::uint64_t> uncovered_byte(const EmbeddedSignature& signature,
                                            std::uint64_t size);

}  // namespace assay
