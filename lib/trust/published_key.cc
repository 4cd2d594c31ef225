// Telling what a vendor published from its first bytes.

#include <fmt/format.h>

#include <array>

#include "trust/minisign.h"
#include "trust/store.h"
#include "trust/vendor_file.h"

namespace assay {
namespace {

struct Other {
  std::string_view start;
  std::string_view what;
};

/// What else people publish under the name of a key.
constexpr std::array<Other, 6> kOthers{{
    {"-----BEGIN PGP", "an OpenPGP block"},
    {"-----BEGIN SSH SIGNATURE", "an SSH signature"},
    {"-----BEGIN CERTIFICATE", "a certificate"},
    {"-----BEGIN", "a PEM file"},
    {"ssh-", "an SSH key"},
    {"ecdsa-", "an SSH key"},
}};

}  // namespace

Result<PublishedKey> read_published_key(std::string_view text) {
  for (const Other& other : kOthers) {
    if (!text.starts_with(other.start)) continue;
    return fail(Error::Kind::config,
                fmt::format("this is {}; only minisign keys can be pinned", other.what),
                "look for a .pub file whose second line begins with RW");
  }
  const MinisignKey key = TRY(parse_minisign_key(text));
  PublishedKey published{.format = "minisign"};
  published.display_id = minisign_key_id(key.number);
  published.id = trusted_key_id(key.key);
  published.file_text = text;
  if (!published.file_text.ends_with('\n')) published.file_text += '\n';
  return published;
}

}  // namespace assay
