// Summary: what the VSA of a verdict says, read strictly. Claims, until the
// gate has held each against its own configuration.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"

namespace assay {

struct Summary {
  std::string sha256{}, sha512{};  ///< of the subject, lower-case hex
  std::string verifier_id{};
  Time time_verified{};
  std::string resource_uri{};
  std::string policy_id{}, policy_sha256{};
  bool passed = false;
  std::vector<std::string> levels{};

  // The extension object.
  std::string core_sha256{}, evidence_sha256{}, tool_sha256{};
  std::string trust_sha256{}, rules_sha256{};  ///< empty: there was none
  std::int64_t rules_serial = 0;
  std::int64_t policy_serial = 0;
  std::vector<std::string> audience{};
  std::vector<std::string> waivers{};
  Time not_after{};
  std::string reason{};  ///< of a verdict that is not PASSED
  std::string nonce{};
};

/// Reads the payload of a verdict's second line. Fails with unusable: code
/// "envelope-malformed" if it is no VSA, "verdict-malformed" if it has not
/// exactly the fields that vsa_statement writes.
Result<Summary> read_summary(std::string_view payload);

}  // namespace assay
