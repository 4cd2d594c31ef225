#include "verdict/dsse.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/bytes.h"
#include "base/json.h"

namespace assay {
namespace {

/// An envelope taken apart; nothing in it is believed.
struct Envelope {
  std::string payload_type{};
  std::string payload{};
  Ed25519Signature signature{};
};

Error refuse(std::string code, std::string what) {
  return {.kind = Error::Kind::unusable, .code = std::move(code), .what = std::move(what)};
}

/// Base64 of either alphabet (DSSE envelope section), the URL-safe one with or
/// without its padding. Never a mixture.
std::optional<std::vector<std::byte>> from_either_base64(std::string text) {
  if (text.find_first_of("-_") == std::string::npos) return from_base64(text);
  if (text.find_first_of("+/") != std::string::npos) return std::nullopt;
  std::ranges::replace(text, '-', '+');
  std::ranges::replace(text, '_', '/');
  while (text.size() % 4 != 0) text += '=';
  return from_base64(text);
}

std::optional<std::vector<std::byte>> bytes_under(const Json& object, std::string_view key) {
  const Json* value = object.find(key);
  const std::string* text = value == nullptr ? nullptr : value->string();
  return text == nullptr ? std::nullopt : from_either_base64(*text);
}

Result<Ed25519Signature> only_signature(const Json& root) {
  const Json* list = root.find("signatures");
  const Json::Array* signatures = list == nullptr ? nullptr : list->array();
  if (signatures == nullptr || signatures->size() != 1) {
    return refuse("envelope-malformed", "an envelope has one signature");
  }
  Ed25519Signature signature{};
  const auto bytes = bytes_under(signatures->front(), "sig");
  if (!bytes || bytes->size() != signature.size()) {
    return refuse("envelope-malformed", "the signature is not 64 bytes of base64");
  }
  std::ranges::copy(*bytes, signature.begin());
  return signature;
}

Result<Envelope> take_apart(std::string_view text, std::size_t max_bytes) {
  const Result<Json> root = Json::parse(text, {.max_bytes = max_bytes, .max_depth = 8});
  if (!root) return refuse("envelope-malformed", root.error().what);
  const Json* type = root->find("payloadType");
  const std::string* payload_type = type == nullptr ? nullptr : type->string();
  if (payload_type == nullptr) {
    return refuse("envelope-malformed", "the envelope has no payloadType");
  }
  const auto payload = bytes_under(*root, "payload");
  if (!payload) return refuse("envelope-malformed", "the payload is no base64");
  const Ed25519Signature signature = TRY(only_signature(*root));
  return Envelope{.payload_type = *payload_type,
                  .payload = std::string(as_text(*payload)),
                  .signature = signature};
}

Result<Envelope> opened(std::string_view text, std::string_view payload_type,
                        const Ed25519Public& key, std::size_t max_bytes) {
  Envelope envelope = TRY(take_apart(text, max_bytes));
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

std::string put_together(const Envelope& envelope, const Ed25519Public& key) {
  Json::Object signature{{"keyid", key_id(key)}, {"sig", to_base64(envelope.signature)}};
  return Json(Json::Object{{"payload", to_base64(as_bytes(envelope.payload))},
                           {"payloadType", envelope.payload_type},
                           {"signatures", Json::Array{Json(std::move(signature))}}})
      .canonical();
}

}  // namespace

std::string dsse_pae(std::string_view payload_type, std::string_view payload) {
  return fmt::format("DSSEv1 {} {} {} {}", payload_type.size(), payload_type, payload.size(),
                     payload);
}

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
  Envelope parts = TRY(opened(envelope, payload_type, key, max_bytes));
  if (put_together(parts, key) != envelope) {
    return refuse("envelope-malformed", "the envelope is not spelled as assay spells it");
  }
  return std::move(parts.payload);
}

}  // namespace assay
