// raw: a signature and nothing else, as `openssl dgst -sign`, `openssl pkeyutl -rawin`
// and cosign with a key write it, in binary or base64. It does not say by whom or how
// it was made: the pinned keys do. signing.md 3.9.

#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.h"
#include "crypto/public_key.h"
#include "trust/formats.h"

namespace assay {
namespace {

/// An Ed25519 signature covers the file itself, so all of it must stand in memory.
constexpr std::uint64_t kWholeMax = std::uint64_t{256} << 20;

constexpr std::string_view kSuffixes[] = {".sig", ".sign", ".signature"};
constexpr std::size_t kMaxText = 4096;  // base64 of the longest signature, and line feeds
using Kind = SignatureScheme::Kind;

bool is_der_ecdsa(Bytes bytes) {
  // At most 139 bytes (P-521): one octet of length, two from 128 on.
  const bool two = bytes.size() > 2 && bytes[1] == std::byte{0x81};
  const std::size_t header = two ? 3 : 2;
  return bytes.size() >= 8 && bytes.size() <= 139 && bytes[0] == std::byte{0x30} &&
         std::to_integer<std::size_t>(bytes[header - 1]) == bytes.size() - header &&
         bytes[header] == std::byte{0x02};
}

/// Of a form that some supported scheme makes: DER, or as long as an Ed25519 signature,
/// as twice a curve's order, or as a modulus.
bool has_form(Bytes bytes) {
  const std::size_t size = bytes.size();
  const bool modulus = size >= 256 && size <= 2048 && size % 16 == 0;
  return size == 64 || size == 96 || size == 132 || modulus || is_der_ecdsa(bytes);
}

/// The base64 on one line or on lines of one length, the last no longer.
std::optional<std::vector<std::byte>> from_lines(std::string_view text) {
  if (text.empty() || text.size() > kMaxText) return std::nullopt;
  if (text.ends_with('\n')) text.remove_suffix(1);
  const std::size_t width = std::min(text.find('\n'), text.size());
  std::string base64;
  while (true) {
    const std::size_t size = std::min(text.find('\n'), text.size());
    base64 += text.substr(0, size);
    if (size == text.size()) break;
    if (size != width) return std::nullopt;
    text.remove_prefix(size + 1);
  }
  if (text.empty() || text.size() > width) return std::nullopt;
  return from_base64(base64);
}

bool is_hex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') ||
         c == '\n';
}

/// The signature's bytes; nothing if these are none. Text is never a binary signature, and
/// a digest in hex never base64: a checksum list may be as long as either.
std::optional<std::vector<std::byte>> signature_of(std::string_view bytes) {
  if (has_form(as_bytes(bytes)) && !is_utf8(bytes)) {
    return std::vector<std::byte>(as_bytes(bytes).begin(), as_bytes(bytes).end());
  }
  if (std::ranges::all_of(bytes, is_hex)) return std::nullopt;
  auto decoded = from_lines(bytes);
  return decoded && has_form(*decoded) && !is_utf8(as_text(*decoded)) ? std::move(decoded)
                                                                      : std::nullopt;
}

/// Whether a signature of this form can be by that key and scheme at all.
bool could_be(const PublicKey& key, const SignatureScheme& scheme, Bytes signature) {
  const std::size_t size = signature.size(), field = (key.bits() + 7) / 8;
  switch (scheme.kind) {
    case Kind::ed25519: return key.kind() == KeyKind::ed25519 && size == 64;
    case Kind::rsa_pkcs1:
    case Kind::rsa_pss: return key.kind() == KeyKind::rsa && size == field;
    case Kind::ecdsa_der: return key.kind() >= KeyKind::p256 && is_der_ecdsa(signature);
    case Kind::ecdsa_fixed: return key.kind() >= KeyKind::p256 && size == 2 * field;
  }
  return false;
}

Result<bool> verifies(const PublicKey& key, const SignatureScheme& scheme,
                      const SignedFile& file, Bytes signature) {
  if (scheme.hash) {
    return key.verify_digest(scheme, TRY(file.digest(*scheme.hash)), signature);
  }
  const std::string whole = TRY(file.whole(kWholeMax));
  return key.verify(scheme, as_bytes(whole), signature);
}

/// `answer` by one key, by each scheme it is pinned for that makes such signatures. One
/// that fits none is held against the first key pinned for this role: no other was asked
/// to sign.
Result<void> ask(const TrustedKey& trusted, Bytes bytes, const SignedFile& file,
                 Signature& answer) {
  const PublicKey key = TRY(PublicKey::from_der(as_bytes(trusted.material)));
  for (const std::string& name : trusted.algorithms) {
    const SignatureScheme* scheme = find_scheme(name);
    if (scheme == nullptr || !could_be(key, *scheme, bytes)) continue;
    const bool fits = TRY(verifies(key, *scheme, file, bytes));
    const bool to_blame = answer.key == nullptr &&
                          std::ranges::find(trusted.roles, answer.role) != trusted.roles.end();
    if (!fits && !to_blame) continue;
    answer.key = &trusted;
    answer.key_id = trusted.display_id;
    answer.algorithm = name;
    refuse(answer, "bad-signature", "the file is not what was signed");
    if (!fits) continue;
    answer.reason.clear();
    answer.detail.clear();
    answer.covered = whole_of(file);
    break;
  }
  return {};
}

bool matches(std::string_view bytes) {
  return signature_of(bytes).has_value();
}

Result<std::vector<Signature>> verify(const SignatureQuestion& question) {
  const auto bytes = signature_of(question.sidecar.bytes);
  if (!bytes) {
    return malformed("sidecar-malformed",
                     "no signature of a known form, neither in binary nor in base64");
  }
  Signature answer{.names_key = false};
  refuse(answer, "unknown-key", "no pinned key makes such signatures");
  for (const TrustedKey* trusted : keys_of(question, "spki")) {
    TRY(ask(*trusted, *bytes, question.file, answer));
    if (answer.reason.empty()) break;
  }
  return std::vector{answer};
}

}  // namespace

extern const SignatureFormat raw_format = {
    .name = "raw", .suffixes = kSuffixes, .matches = matches, .verify = verify};

}  // namespace assay
