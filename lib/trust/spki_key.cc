// spki keys: a public key alone, as openssl and cosign write it, in PEM or DER.

#include <fmt/format.h>

#include "base/bytes.h"
#include "crypto/public_key.h"
#include "trust/formats.h"

namespace assay {
namespace {

constexpr std::string_view kAlgorithms[] = {
    "Ed25519",           "ECDSA-SHA256",     "ECDSA-SHA384",       "ECDSA-SHA512",
    "RSA-PKCS1-SHA256",  "RSA-PKCS1-SHA384", "RSA-PKCS1-SHA512",   "RSA-PSS-SHA256",
    "RSA-PSS-SHA384",    "RSA-PSS-SHA512",   "ECDSA-P1363-SHA256", "ECDSA-P1363-SHA384",
    "ECDSA-P1363-SHA512"};
constexpr std::size_t kShownDigits = 16;

bool holds(std::string_view text, std::string_view part) {
  return text.find(part) != text.npos;
}

/// A sequence that begins with the sequence of an object identifier: of all that is
/// signed with, only a SubjectPublicKeyInfo does.
bool looks_like_der(std::string_view text) {
  const auto inner = [](std::string_view der) {
    if (der.size() < 2 || der[0] != '\x30') return std::string_view();
    const auto length = static_cast<unsigned char>(der[1]);
    const std::size_t header = length < 0x80 ? 2U : 2U + (length & 0x7fU);
    return der.substr(std::min(der.size(), header));
  };
  return inner(inner(text)).starts_with('\x06');
}

bool matches_key(std::string_view text) {
  if (holds(text, "-----BEGIN PUBLIC KEY-----") || looks_like_der(text)) return true;
  if (text.starts_with("-----BEGIN RSA PUBLIC KEY-----")) return true;
  return text.starts_with("-----BEGIN ") && holds(text, " PRIVATE KEY-----") &&
         !holds(text, "OPENSSH");
}

std::string describe(const PublicKey& key) {
  switch (key.kind()) {
    case KeyKind::ed25519: return "an Ed25519 key";
    case KeyKind::rsa: return fmt::format("an RSA key of {} bits", key.bits());
    default: return fmt::format("an ECDSA key on P-{}", key.bits());
  }
}

Result<PublishedKey> read_key(std::string_view text) {
  if (holds(text, " PRIVATE KEY-----")) {
    return fail(Error::Kind::config,
                "this is a secret key, and nobody should have handed it out",
                "pin its public half; tell the owner that his secret key got about");
  }
  if (text.starts_with("-----BEGIN RSA PUBLIC KEY-----")) {
    return fail(Error::Kind::config, "this RSA key is in the form of PKCS #1",
                "openssl rsa -RSAPublicKey_in -in FILE -pubout turns it");
  }
  const bool pem = text.starts_with("-----BEGIN ") || holds(text, "-----BEGIN PUBLIC KEY-----");
  const PublicKey key =
      TRY(pem ? PublicKey::from_pem(text) : PublicKey::from_der(as_bytes(text)));
  const std::string hex = sha256_hex(as_bytes(key.der()));
  PublishedKey published{.format = "spki", .id = "sha256:" + hex};
  published.display_id = hex.substr(0, kShownDigits);
  published.material = key.der();
  published.value = key.value();
  published.file_text = text;
  published.algorithms = {std::string(key.natural_scheme().name)};
  published.notes = {describe(key)};
  return published;
}

}  // namespace

extern const KeyFormat spki_key_format = {.name = "spki",
                                          .suffix = ".pem",
                                          .matches = matches_key,
                                          .read = read_key,
                                          .algorithms = kAlgorithms,
                                          .fields = {}};

}  // namespace assay
