#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/bytes.h"
#include "trust/minisign.h"

namespace assay {
namespace {

constexpr std::string_view kUntrusted = "untrusted comment: ";
constexpr std::string_view kTrusted = "trusted comment: ";
constexpr std::size_t kUntrustedMax = 1024;  // bytes of the whole line, as minisign has it
constexpr std::size_t kTrustedMax = 8192;

constexpr std::size_t kKeyBytes = 42;         // "Ed", number, Ed25519 key
constexpr std::size_t kSignatureBytes = 74;   // "Ed" or "ED", number, signature
constexpr std::size_t kSecretKeyBytes = 158;  // what minisign.key holds

/// The lines, the last with or without its line feed; one more than `max` when there are more.
std::vector<std::string_view> lines_of(std::string_view text, std::size_t max) {
  std::vector<std::string_view> lines;
  while (!text.empty() && lines.size() <= max) {
    const std::size_t end = text.find('\n');
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

/// UTF-8 without control characters: a comment reaches terminals of other programs too.
bool is_clean(std::string_view line) {
  char before = 0;
  for (const char c : line) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < 0x20 && c != '\t') || byte == 0x7f) return false;
    if (before == '\xc2' && byte < 0xa0) return false;  // U+0080 to U+009F
    before = c;
  }
  return is_utf8(line);
}

bool is_comment(std::string_view line, std::string_view prefix, std::size_t max) {
  return line.starts_with(prefix) && line.size() <= max && is_clean(line);
}

template <std::size_t size>
std::array<std::byte, size> take(Bytes bytes, std::size_t offset) {
  std::array<std::byte, size> value{};
  std::ranges::copy(bytes.subspan(offset, size), value.begin());
  return value;
}

Error bad_signature_file(std::string what, std::string_view program = "minisign") {
  return malformed("sidecar-malformed", fmt::format("no {} signature: {}", program, what));
}

Error bad_key(std::string what, std::string hint) {
  return fail(Error::Kind::config, std::move(what), std::move(hint));
}

constexpr const char* kWantKey = "give the .pub file, or the line in it that begins with RW";

/// What a text is that should have been a key, as far as its bytes tell.
Error no_key(std::string_view text, const std::vector<std::byte>& decoded,
             std::string_view program) {
  if (decoded.size() == kSecretKeyBytes || text.find("secret key") != text.npos) {
    return bad_key("this is a secret key, and nobody should have handed it out",
                   "pin the .pub file; tell the owner that his secret key got about");
  }
  if (decoded.size() == kSignatureBytes) {
    return bad_key(fmt::format("this is a {} signature, not a key", program), kWantKey);
  }
  return bad_key(fmt::format("this is no {} public key", program), kWantKey);
}

}  // namespace

std::string minisign_key_id(const MinisignKeyNumber& number) {
  std::string id;
  for (auto byte = number.rbegin(); byte != number.rend(); ++byte) {
    id += fmt::format("{:02X}", static_cast<unsigned>(*byte));
  }
  return id;
}

Result<MinisignKey> parse_minisign_key(std::string_view text, std::string_view program) {
  if (text.find('\r') != text.npos) {
    return bad_key("the key's text has carriage returns", "remove them: tr -d '\\r'");
  }
  std::vector<std::string_view> lines = lines_of(text, 2);
  const bool commented = !lines.empty() && is_comment(lines.front(), kUntrusted, kUntrustedMax);
  if (commented) lines.erase(lines.begin());
  const auto decoded = lines.empty() ? std::nullopt : from_base64(lines.front());
  if (!decoded || lines.size() != 1 || decoded->size() != kKeyBytes ||
      as_text(*decoded).substr(0, 2) != "Ed") {
    return no_key(text, decoded.value_or(std::vector<std::byte>{}), program);
  }
  return MinisignKey{.number = take<8>(*decoded, 2), .key = take<32>(*decoded, 10)};
}

std::string minisign_material(const MinisignKey& key) {
  return std::string(as_text(key.number)) + std::string(as_text(key.key));
}

MinisignKey minisign_key_of(std::string_view material) {
  if (material.size() != 40) return {};
  return {.number = take<8>(as_bytes(material), 0), .key = take<32>(as_bytes(material), 8)};
}

Result<MinisignSignature> parse_minisign_signature(std::string_view text) {
  const std::vector<std::string_view> lines = lines_of(text, 4);
  if (!text.ends_with('\n')) return bad_signature_file("its last line has no end");
  if (lines.size() != 4) {
    return bad_signature_file(lines.size() > 4 ? "there is something after the fourth line"
                                               : "it has fewer than four lines");
  }
  if (!is_comment(lines[0], kUntrusted, kUntrustedMax)) {
    return bad_signature_file("line 1 is no untrusted comment");
  }
  const auto first = from_base64(lines[1]);
  if (!first || first->size() != kSignatureBytes) {
    return bad_signature_file("line 2 is not the base64 of 74 bytes");
  }
  const std::string_view algorithm = as_text(*first).substr(0, 2);
  if (algorithm != "Ed" && algorithm != "ED") {
    return bad_signature_file("line 2 names an algorithm that is neither Ed nor ED");
  }
  if (!is_comment(lines[2], kTrusted, kTrustedMax)) {
    return bad_signature_file("line 3 is no trusted comment");
  }
  const auto second = from_base64(lines[3]);
  if (!second || second->size() != std::tuple_size_v<Ed25519Signature>) {
    return bad_signature_file("line 4 is not the base64 of 64 bytes");
  }
  return MinisignSignature{.algorithm = std::string(algorithm),
                           .key_number = take<8>(*first, 2),
                           .signature = take<64>(*first, 10),
                           .trusted_comment = std::string(lines[2].substr(kTrusted.size())),
                           .comment_signature = take<64>(*second, 0)};
}

Result<SignifySignature> parse_signify_signature(std::string_view text) {
  const std::size_t comment = text.find('\n');
  const std::size_t end = comment == text.npos ? comment : text.find('\n', comment + 1);
  if (end == text.npos) return bad_signature_file("it has fewer than two lines", "signify");
  if (!is_comment(text.substr(0, comment), kUntrusted, kUntrustedMax)) {
    return bad_signature_file("line 1 is no untrusted comment", "signify");
  }
  const auto decoded = from_base64(text.substr(comment + 1, end - comment - 1));
  if (!decoded || decoded->size() != kSignatureBytes ||
      as_text(*decoded).substr(0, 2) != "Ed") {
    return bad_signature_file("line 2 is not the base64 of 74 bytes, the first of them Ed",
                              "signify");
  }
  return SignifySignature{.key_number = take<8>(*decoded, 2),
                          .signature = take<64>(*decoded, 10),
                          .message = std::string(text.substr(end + 1))};
}

}  // namespace assay
