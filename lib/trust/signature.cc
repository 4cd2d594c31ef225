#include "trust/signature.h"

namespace assay {

std::vector<const TrustedKey*> keys_of(const SignatureQuestion& question,
                                       std::string_view key_format) {
  std::vector<const TrustedKey*> keys;
  for (const TrustedKey& key : question.keys) {
    if (key.format == key_format) keys.push_back(&key);
  }
  return keys;
}

void refuse(Signature& signature, std::string_view reason, std::string detail) {
  signature.reason = reason;
  signature.detail = std::move(detail);
}

}  // namespace assay
