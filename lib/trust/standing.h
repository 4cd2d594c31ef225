// Standing: whether a signature that fits counts for a file here and now.
// signing.md 4.4: a time somebody claims can only reject; only a proven one
// lets a key sign that is no longer valid.

#pragma once

#include <optional>
#include <string>

#include "base/time.h"
#include "trust/signature.h"

namespace assay {

struct Objection {
  std::string reason{};  ///< reason id
  std::string detail{};  ///< one printable line
};

/// Why `signature`, whose bytes fit its key, does not count for the file of that
/// name; nothing if it does. Asks the key's revocation, algorithms, roles and
/// window, and the signature's own times and names.
std::optional<Objection> objection_to(const Signature& signature, const std::string& file_name,
                                      Time now);

}  // namespace assay
