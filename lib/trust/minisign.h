// minisign and signify as bytes: their small text files, read strictly. A line
// more, a carriage return or a loose base64 bit is refused.

#pragma once

#include <array>
#include <string>
#include <string_view>

#include "base/error.h"
#include "crypto/key.h"

namespace assay {

/// The eight bytes that say which key signed: a hint, no security.
using MinisignKeyNumber = std::array<std::byte, 8>;

/// As minisign prints it: the number read as little-endian, "E7620F1842B4E81F".
std::string minisign_key_id(const MinisignKeyNumber& number);

struct MinisignKey {
  MinisignKeyNumber number{};
  Ed25519Public key{};
};

/// A published key: the two lines of a .pub file, or its base64 line alone. Both
/// programs write it so; `program` is the one that messages name. Fails with config;
/// says so when the text is a signature or a secret key.
Result<MinisignKey> parse_minisign_key(std::string_view text,
                                       std::string_view program = "minisign");

/// A key's two parts as TrustedKey::material holds them, and back.
std::string minisign_material(const MinisignKey& key);
MinisignKey minisign_key_of(std::string_view material);

struct MinisignSignature {
  std::string algorithm{};  ///< "ED" signs BLAKE2b-512 of the file, "Ed" the file itself
  MinisignKeyNumber key_number{};
  Ed25519Signature signature{};
  std::string trusted_comment{};  ///< raw, without its prefix; signed by comment_signature
  Ed25519Signature comment_signature{};
};

/// The four lines of a .minisig file, each with its line feed. Fails as malformed,
/// "sidecar-malformed".
Result<MinisignSignature> parse_minisign_signature(std::string_view text);

/// What signify writes: a comment nobody signs, a signature by algorithm Ed of the whole
/// message, and in an embedded one the message.
struct SignifySignature {
  MinisignKeyNumber key_number{};
  Ed25519Signature signature{};
  std::string message{};  ///< all that follows the two lines
};

/// Fails as malformed, "sidecar-malformed".
Result<SignifySignature> parse_signify_signature(std::string_view text);

}  // namespace assay
