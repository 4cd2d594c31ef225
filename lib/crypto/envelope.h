// DSSE v1.0.2 envelopes as they come: what is in one, and what its signatures are over.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace assay {

inline constexpr std::string_view kInTotoPayloadType = "application/vnd.in-toto+json";
/// in-toto Statement v1, field `_type`.
inline constexpr std::string_view kStatementType = "https://in-toto.io/Statement/v1";

/// Pre-authentication encoding, DSSE protocol section "Signature Definition".
std::string dsse_pae(std::string_view payload_type, std::string_view payload);

struct EnvelopeSignature {
  std::string key_id{};  ///< whatever the signer put there; a hint
  std::string bytes{};
};

/// An envelope taken apart; nothing in it is believed.
struct Envelope {
  std::string payload_type{};
  std::string payload{};  ///< decoded: what was signed, and all to be read
  std::vector<EnvelopeSignature> signatures{};  ///< at least one
};

/// As one line of canonical JSON, no newline; base64 in the standard alphabet, padded.
std::string envelope_text(const Envelope& envelope);

struct EnvelopeLimits {
  std::size_t max_bytes = std::size_t{1} << 20;  ///< of the JSON
  std::size_t max_signatures = 1;
};

/// Takes both base64 alphabets and unknown fields, as DSSE demands. Fails as malformed,
/// without a code: each reader has his own.
Result<Envelope> parse_envelope(std::string_view json, EnvelopeLimits limits);

}  // namespace assay
