#include "trust/formats.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.h"

namespace assay {

const KeyFormat* find_key_format(const TrustFormats& formats, std::string_view name) {
  const auto found = std::ranges::find(formats.keys, name, &KeyFormat::name);
  return found == formats.keys.end() ? nullptr : *found;
}

Result<PublishedKey> read_published_key(std::string_view text, const TrustFormats& formats,
                                        std::string_view named) {
  std::string known;
  for (const KeyFormat* format : formats.keys) {
    known += fmt::format("{}{}", known.empty() ? "" : ", ", format->name);
    if (named.empty() ? format->matches(text) : format->name == named) {
      return format->read(text);
    }
  }
  if (!named.empty()) {
    return fail(Error::Kind::usage, "'" + printable(named) + "' is no kind of key",
                "one of " + known);
  }
  return fail(Error::Kind::config, "this is no public key of a known kind",
              "kinds of keys that can be pinned: " + known);
}

std::string_view signed_name(std::string_view name, const TrustFormats& formats) {
  std::size_t longest = 0;
  for (const SignatureFormat* format : formats.signatures) {
    for (const std::string_view suffix : format->suffixes) {
      if (name.size() > suffix.size() && name.ends_with(suffix)) {
        longest = std::max(longest, suffix.size());
      }
    }
  }
  return longest == 0 ? std::string_view() : name.substr(0, name.size() - longest);
}

}  // namespace assay
