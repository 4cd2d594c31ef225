// Time-stamps (RFC 3161) by the authorities of a trust store.

#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "crypto/timestamp.h"
#include "trust/store.h"

namespace assay {

/// The digest of what is stamped.
using DigestOf = std::function<Result<std::vector<std::byte>>(HashAlgorithm)>;

/// Why `token` does not prove that it existed at token.time: timestamp-untrusted if no
/// authority under tsa/ gave it; anything else is an authority's word that is wrong. Fails
/// as `digest_of` does.
Result<Fault> time_fault(const Timestamp& token, const TrustStore& store, Time now,
                         const DigestOf& digest_of);

}  // namespace assay
