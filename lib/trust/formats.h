// What the trust room is extended by: one row a format, all listed in
// lib/verify/registry.cc.

#pragma once

#include <span>

#include "trust/key.h"
#include "trust/manifest.h"
#include "trust/signature.h"

namespace assay {

struct TrustFormats {
  std::span<const KeyFormat* const> keys{};
  std::span<const SignatureFormat* const> signatures{};
  std::span<const EmbeddedFormat* const> embedded{};
  std::span<const ManifestFormat* const> manifests{};
};

/// Null if no row has that name.
const KeyFormat* find_key_format(const TrustFormats& formats, std::string_view name);

/// Tells the format from the content, or takes the one named. Fails with config and a hint.
Result<PublishedKey> read_published_key(std::string_view text, const TrustFormats& formats,
                                        std::string_view format = {});

/// What a signature of that name is over: "a.zip" for "a.zip.asc"; empty if the name
/// ends in no format's suffix. Of several suffixes the longest is meant.
std::string_view signed_name(std::string_view name, const TrustFormats& formats);

}  // namespace assay
