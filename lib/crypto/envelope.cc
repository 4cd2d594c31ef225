#include "crypto/envelope.h"

#include <algorithm>
#include <optional>

#include "base/bytes.h"
#include "base/json.h"

namespace assay {
namespace {

Error refuse(std::string what) {
  return malformed({}, std::move(what));
}

/// Base64 of either alphabet (DSSE envelope section), the URL-safe one with or
/// without its padding. Never a mixture.
std::optional<std::string> from_either_base64(std::string text) {
  const bool url_safe = text.find_first_of("-_") != std::string::npos;
  if (url_safe) {
    if (text.find_first_of("+/") != std::string::npos) return std::nullopt;
    std::ranges::replace(text, '-', '+');
    std::ranges::replace(text, '_', '/');
    while (text.size() % 4 != 0) text += '=';
  }
  const auto bytes = from_base64(text);
  return bytes ? std::optional<std::string>(as_text(*bytes)) : std::nullopt;
}

std::optional<std::string> bytes_under(const Json& object, std::string_view key) {
  const Json* value = object.find(key);
  const std::string* text = value == nullptr ? nullptr : value->string();
  return text == nullptr ? std::nullopt : from_either_base64(*text);
}

Result<std::vector<EnvelopeSignature>> signatures_of(const Json& root, std::size_t most) {
  const Json* list = root.find("signatures");
  const Json::Array* elements = list == nullptr ? nullptr : list->array();
  if (elements == nullptr || elements->empty() || elements->size() > most) {
    return refuse(most == 1
                      ? "an envelope has one signature"
                      : "an envelope has from 1 to " + std::to_string(most) + " signatures");
  }
  std::vector<EnvelopeSignature> signatures;
  for (const Json& element : *elements) {
    auto bytes = bytes_under(element, "sig");
    if (!bytes) return refuse("a signature of the envelope is no base64");
    signatures.push_back({element.text_or_empty("keyid"), *std::move(bytes)});
  }
  return signatures;
}

}  // namespace

std::string dsse_pae(std::string_view payload_type, std::string_view payload) {
  std::string pae = "DSSEv1 " + std::to_string(payload_type.size()) + " ";
  pae.append(payload_type).append(" ").append(std::to_string(payload.size())).append(" ");
  return pae.append(payload);
}

std::string envelope_text(const Envelope& envelope) {
  Json::Array signatures;
  for (const EnvelopeSignature& signature : envelope.signatures) {
    signatures.emplace_back(Json::Object{{"keyid", signature.key_id},
                                         {"sig", to_base64(as_bytes(signature.bytes))}});
  }
  return Json(Json::Object{{"payload", to_base64(as_bytes(envelope.payload))},
                           {"payloadType", envelope.payload_type},
                           {"signatures", std::move(signatures)}})
      .canonical();
}

Result<Envelope> parse_envelope(std::string_view json, EnvelopeLimits limits) {
  const Result<Json> root = Json::parse(json, {.max_bytes = limits.max_bytes, .max_depth = 8});
  if (!root) return refuse(root.error().what);
  const Json* type = root->find("payloadType");
  const std::string* payload_type = type == nullptr ? nullptr : type->string();
  if (payload_type == nullptr) return refuse("the envelope has no payloadType");
  auto payload = bytes_under(*root, "payload");
  if (!payload) return refuse("the payload is no base64");
  auto signatures = TRY(signatures_of(*root, limits.max_signatures));
  return Envelope{.payload_type = *payload_type,
                  .payload = *std::move(payload),
                  .signatures = std::move(signatures)};
}

}  // namespace assay
