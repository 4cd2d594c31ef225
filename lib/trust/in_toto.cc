// in-toto statements: which files a build, a review or a scan was about, by their
// digests (in-toto attestation framework, "Statement"). Read once somebody signed.

#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.h"
#include "base/json.h"
#include "trust/lists.h"
#include "trust/manifest.h"

namespace assay {
namespace {

constexpr std::string_view kTypes[] = {"https://in-toto.io/Statement/v1",
                                       "https://in-toto.io/Statement/v0.1"};
constexpr std::size_t kMaxBytes = std::size_t{16} << 20;
constexpr std::size_t kMaxDepth = 32;
constexpr std::size_t kMaxShown = 32;  // of an algorithm's name

struct Strong {
  std::string_view name;
  std::size_t digits;
};
constexpr Strong kStrong[] = {
    {"sha256", 64}, {"sha384", 96}, {"sha512", 128}, {"blake2b", 128}};

Error bad_statement(std::string what) {
  return malformed("list-malformed", "no in-toto statement: " + std::move(what));
}

/// The last part of a path or address; subjects are told by it.
std::string base_name(std::string_view name) {
  const std::size_t slash = name.rfind('/');
  return std::string(slash == name.npos ? name : name.substr(slash + 1));
}

/// One digest of a subject. What does not count is kept too, so that it can be told.
Result<ManifestEntry> read_digest(const std::string& name, const std::string& algorithm,
                                  const Json& value) {
  const std::string* hex = value.string();
  if (hex == nullptr || hex->empty()) return bad_statement("a digest is no text");
  const auto* const strong = std::ranges::find(kStrong, algorithm, &Strong::name);
  if (strong != std::end(kStrong) && (hex->size() != strong->digits || !from_hex(*hex))) {
    return bad_statement(
        fmt::format("a {} digest is not {} hex digits", algorithm, strong->digits));
  }
  return ManifestEntry{.name = name,
                       .algorithm = printable(algorithm.substr(0, kMaxShown)),
                       .hex = ascii_lower(*hex)};
}

Result<void> read_subject(const Json& subject, std::vector<ManifestEntry>& entries) {
  const Json* digests = subject.find("digest");
  const Json::Object* all = digests == nullptr ? nullptr : digests->object();
  if (all == nullptr || all->empty()) return bad_statement("a subject has no digest");
  const std::string name = base_name(subject.text_or_empty("name"));
  for (const auto& [algorithm, value] : *all) {
    ManifestEntry entry = TRY(read_digest(name, algorithm, value));
    if (!name.empty()) entries.push_back(std::move(entry));
  }
  return {};
}

Result<std::vector<ManifestEntry>> parse(const Sidecar& list) {
  const auto root = Json::parse(list.bytes, {.max_bytes = kMaxBytes, .max_depth = kMaxDepth});
  if (!root) return bad_statement(root.error().what);
  if (std::ranges::find(kTypes, root->text_or_empty("_type")) == std::end(kTypes)) {
    return bad_statement("its _type is neither Statement/v1 nor Statement/v0.1");
  }
  if (root->text_or_empty("predicateType").empty()) {
    return bad_statement("it has no predicateType");
  }
  const Json* subjects = root->find("subject");
  const Json::Array* all = subjects == nullptr ? nullptr : subjects->array();
  if (all == nullptr || all->empty()) return bad_statement("it has no subject");
  std::vector<ManifestEntry> entries;
  for (const Json& subject : *all) TRY(read_subject(subject, entries));
  return entries;
}

bool matches(std::string_view bytes) {
  return bytes.starts_with('{');
}

}  // namespace

extern const ManifestFormat in_toto_format = {
    .name = "in-toto", .matches = matches, .parse = parse};

}  // namespace assay
