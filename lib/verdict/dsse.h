// DSSE v1.0.2: the envelope around every statement assay signs, and reads back.

#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "crypto/envelope.h"
#include "crypto/key.h"

namespace assay {

/// One envelope as one line of canonical JSON, no newline; one signature, by
/// RFC 8032 over the PAE; base64 in the standard alphabet, padded.
Result<std::string> dsse_sign(std::string_view payload_type, std::string_view payload,
                              const Signer& signer);

/// The payload of an envelope that `key` signed. Takes both base64 alphabets
/// and unknown fields, as DSSE demands; verifies before anyone parses the
/// payload; the keyid is a hint and decides nothing. Exactly one signature.
/// Fails with unusable: codes "envelope-malformed" (also when longer than
/// `max_bytes`), "envelope-signature", "envelope-type".
Result<std::string> dsse_open(std::string_view envelope, std::string_view payload_type,
                              const Ed25519Public& key,
                              std::size_t max_bytes = std::size_t{1} << 20);

/// As dsse_open, for an envelope that must be byte for byte what dsse_sign
/// writes with that key: nobody else's hand left a trace in it. The gate's.
Result<std::string> dsse_open_exact(std::string_view envelope, std::string_view payload_type,
                                    const Ed25519Public& key,
                                    std::size_t max_bytes = std::size_t{1} << 20);

}  // namespace assay
