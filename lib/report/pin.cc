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
                              {"cms", "x509-leaf", ".crt"}};

bool is_alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/// The id a vendor file pins, where the signature tells all of it; else empty.
std::string whole_id(const KeyKind& kind, std::string_view shown) {
  constexpr std::string_view kSsh = "SHA256:";
  if (kind.key == "openpgp" && shown.size() == 40 &&
      std::ranges::all_of(shown, is_alphanumeric)) {
    return "v4:" + std::string(shown);
  }
  if (kind.key != "ssh" || !shown.starts_with(kSsh)) return {};
  const auto digest = from_base64(std::string(shown.substr(kSsh.size())) + "=");
  return digest && digest->size() == 32 ? "sha256:" + to_hex(*digest) : std::string();
}

std::string entry(const KeyKind& kind, std::string_view shown, const std::string& vendor) {
  std::string id;
  std::ranges::copy_if(shown.substr(shown.find(':') + 1), std::back_inserter(id),
                       is_alphanumeric);
  const std::string name = fmt::format("{}-{}", vendor, id.substr(0, kNameMax));
  const std::string whole = whole_id(kind, shown);
  return fmt::format(
      "  [[key]]\n  name = \"{0}\"\n  format = \"{1}\"\n  id = \"{2}\"{3}\n"
      "  file = \"{4}/{0}{5}\"\n",
      name, kind.key, whole.empty() ? "sha256:..." : whole,
      whole.empty() ? "  # of the whole key, which no signature tells; `assay trust add` does"
                    : "",
      vendor, kind.suffix);
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
    std::string one = entry(*kind, record.key_id, printable(vendor));
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
