#include "verdict/dsse.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.h"

namespace assay {
namespace {

Error refuse(std::string code, std::string what) {
  return {.kind = Error::Kind::unusable, .code = std::move(code), .what = std::move(what)};
}

/// An envelope of ours: one signature, by Ed25519.
struct OwnEnvelope {
  std::string payload_type{};
  std::string payload{};
  Ed25519Signature signature{};
};

Result<OwnEnvelope> take_apart(std::string_view text, std::size_t max_bytes) {
  auto parsed = parse_envelope(text, {.max_bytes = max_bytes});
  if (!parsed) return refuse("envelope-malformed", parsed.error().what);
  OwnEnvelope envelope{.payload_type = std::move(parsed->payload_type),
                       .payload = std::move(parsed->payload)};
  const Bytes bytes = as_bytes(parsed->signatures.front().bytes);
  if (bytes.size() != envelope.signature.size()) {
    return refuse("envelope-malformed", "the signature is not 64 bytes of base64");
  }
  std::ranges::copy(bytes, envelope.signature.begin());
  return envelope;
}

Result<OwnEnvelope> opened(std::string_view text, std::string_view payload_type,
                           const Ed25519Public& key, std::size_t max_bytes) {
  OwnEnvelope envelope = TRY(take_apart(text, max_bytes));
  const std::string signed_bytes = dsse_pae(envelope.payload_type, envelope.payload);
  if (!verify_ed25519(key, as_bytes(signed_bytes), envelope.signature)) {
    return refuse("envelope-signature", "this key did not sign the envelope");
  }
  if (envelope.payload_type != payload_type) {
    return refuse("envelope-type", fmt::format("the payload is '{}', not '{}'",
                                               printable(envelope.payload_type), payload_type));
  }
  return envelope;
}

std::string put_together(const OwnEnvelope& envelope, const Ed25519Public& key) {
  return envelope_text(
      {.payload_type = envelope.payload_type,
       .payload = envelope.payload,
       .signatures = {{key_id(key), std::string(as_text(envelope.signature))}}});
}

}  // namespace

Result<std::string> dsse_sign(std::string_view payload_type, std::string_view payload,
                              const Signer& signer) {
  const std::string message = dsse_pae(payload_type, payload);
  const Ed25519Signature signature = TRY(signer.sign(as_bytes(message)));
  return put_together({.payload_type = std::string(payload_type),
                       .payload = std::string(payload),
                       .signature = signature},
                      signer.public_key());
}

Result<std::string> dsse_open(std::string_view envelope, std::string_view payload_type,
                              const Ed25519Public& key, std::size_t max_bytes) {
  return std::move(TRY(opened(envelope, payload_type, key, max_bytes)).payload);
}

Result<std::string> dsse_open_exact(std::string_view envelope, std::string_view payload_type,
                                    const Ed25519Public& key, std::size_t max_bytes) {
  OwnEnvelope parts = TRY(opened(envelope, payload_type, key, max_bytes));
  if (put_together(parts, key) != envelope) {
    return refuse("envelope-malformed", "the envelope is not spelled as assay spells it");
  }
  return std::move(parts.payload);
}

}  // namespace assay
