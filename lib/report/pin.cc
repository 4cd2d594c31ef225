#include "report/pin.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.h"

namespace assay {
namespace {

constexpr std::size_t kShown = 3;
constexpr std::size_t kNameMax = 16;

struct KeyKind {
  std::string_view signature;  ///< a signature format
  std::string_view key;        ///< the keys that make it
  std::string_view suffix;
};
constexpr KeyKind kKinds[] = {{"minisign", "minisign", ".pub"},
                              {"signify", "signify", ".pub"},
                              {"signify-embedded", "signify", ".pub"},
                              {"signify-gzip", "signify", ".pub"},
                              {"sshsig", "ssh", ".pub"},
                              {"openpgp", "openpgp", ".pgp"},
                              {"openpgp-cleartext", "openpgp", ".pgp"},
                              {"debsig", "openpgp", ".pgp"},
                              {"cms", "x509-leaf", ".crt"},
                              {"pe", "x509-leaf", ".crt"},
                              {"kernel-module", "x509-leaf", ".crt"},
                              {"dsse", "spki", ".pem"}};

bool is_alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/// An id as vendor files pin it, and nothing else: the line may come from a saved verdict.
bool is_id(std::string_view text) {
  const std::string_view hex = text.substr(std::min(text.find(':') + 1, text.size()));
  return (text == "v4:" + std::string(hex) && hex.size() == 40) ||
                 (text == "sha256:" + std::string(hex) && hex.size() == 64)
             ? std::ranges::all_of(hex, is_alphanumeric)
             : false;
}

/// What the reader has to get besides the entry.
std::string_view missing(const KeyKind& kind, bool has_id) {
  if (kind.key == "x509-leaf") {
    return has_id ? "  # of the certificate that is in the signature"
                  : "  # of the certificate, which the signature only names";
  }
  return has_id ? "" : "  # of the whole key, which no signature tells; `assay trust add` does";
}

std::string entry(const KeyKind& kind, const SignatureRecord& record,
                  const std::string& vendor) {
  const std::string_view shown = record.key_id;
  std::string id;
  std::ranges::copy_if(shown.substr(shown.find(':') + 1), std::back_inserter(id),
                       is_alphanumeric);
  const bool has_id = is_id(record.claimed_id);
  return fmt::format(
      "  [[key]]\n  name = \"{0}\"\n  format = \"{1}\"\n  id = \"{2}\"{3}\n"
      "  file = \"{4}/{0}{5}\"\n",
      fmt::format("{}-{}", vendor, id.substr(0, kNameMax)), kind.key,
      has_id ? record.claimed_id : "sha256:...", missing(kind, has_id), vendor, kind.suffix);
}

}  // namespace

std::string pin_text(const Evidence& evidence) {
  const std::string vendor =
      evidence.vendor.vendors.size() == 1 ? evidence.vendor.vendors[0] : "VENDOR";
  std::vector<std::string> entries;
  for (const SignatureRecord& record : evidence.signatures) {
    const auto* const kind = std::ranges::find(kKinds, record.format, &KeyKind::signature);
    if (record.reason != "unknown-key" || !record.key.empty() || kind == std::end(kKinds) ||
        !std::ranges::any_of(record.key_id, is_alphanumeric)) {
      continue;
    }
    std::string one = entry(*kind, record, printable(vendor));
    if (std::ranges::find(entries, one) == entries.end()) entries.push_back(std::move(one));
    if (entries.size() == kShown) break;
  }
  if (entries.empty()) return {};
  return fmt::format(
      "\nto pin what signed it, in vendors.d/{}.toml. Finding a key beside the file, or its\n"
      "name in a signature, proves nothing: compare the id with one you got another way.\n{}",
      printable(vendor), fmt::join(entries, "\n"));
}

}  // namespace assay
