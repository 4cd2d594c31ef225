#include "trust/lists.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include "base/bytes.h"

namespace assay {
namespace {

constexpr std::array<std::string_view, 5> kDigestSuffixes{".sha256", ".sha384", ".sha512",
                                                          ".sha256sum", ".sha512sum"};

constexpr std::array<std::string_view, 17> kListNames{"sha256sums",
                                                      "sha384sums",
                                                      "sha512sums",
                                                      "b2sums",
                                                      "sha256sum",
                                                      "sha384sum",
                                                      "sha512sum",
                                                      "b2sum",
                                                      "shasums256",
                                                      "shasums512",
                                                      "checksums",
                                                      "checksum",
                                                      "checksums.sha256",
                                                      "checksums.sha512",
                                                      "sha256",
                                                      "sha512",
                                                      "hashes"};

ListAnswer answer(std::string reason, std::string detail) {
  return {.reason = std::move(reason), .detail = std::move(detail)};
}

std::optional<HashAlgorithm> counting_algorithm(std::string_view name) {
  if (name == "sha256") return HashAlgorithm::sha256;
  if (name == "sha384") return HashAlgorithm::sha384;
  if (name == "sha512") return HashAlgorithm::sha512;
  if (name == "blake2b") return HashAlgorithm::blake2b_512;
  return std::nullopt;
}

/// Why no grammar knows the list: most often an editor or a shell did it.
std::string why_unreadable(std::string_view bytes) {
  if (bytes.empty()) return "it is empty";
  if (bytes.starts_with("\xef\xbb\xbf")) return "it begins with a byte order mark";
  if (bytes.starts_with("\xff\xfe") || bytes.starts_with("\xfe\xff")) {
    return "it is UTF-16, as PowerShell's '>' writes; a list is plain text";
  }
  return "line 1: neither DIGEST  NAME nor TAG (NAME) = DIGEST";
}

const ManifestFormat* format_of(const Sidecar& list,
                                std::span<const ManifestFormat* const> formats) {
  for (const ManifestFormat* format : formats) {
    if (format->matches(list.bytes)) return format;
  }
  return nullptr;
}

std::string_view without_dot(std::string_view name) {
  return name.starts_with("./") ? name.substr(2) : name;
}

/// The digests the list gives the file, by algorithm; "list-conflict" if two differ.
Result<std::map<std::string, std::string>> digests_of(const std::vector<ManifestEntry>& entries,
                                                      std::string_view name) {
  std::map<std::string, std::string> digests;
  for (const ManifestEntry& entry : entries) {
    if (without_dot(entry.name) != name) continue;
    const auto [known, added] = digests.emplace(entry.algorithm, entry.hex);
    if (!added && known->second != entry.hex) {
      return malformed("list-conflict",
                       fmt::format("names the file with two {} digests", entry.algorithm));
    }
  }
  if (digests.empty()) return malformed("list-not-naming", "does not name the file");
  return digests;
}

Result<ListAnswer> compare(const std::map<std::string, std::string>& digests,
                           const SignedFile& file) {
  std::string fitting;
  for (const auto& [name, hex] : digests) {
    const auto algorithm = counting_algorithm(name);
    if (!algorithm) continue;
    if (to_hex(TRY(file.digest(*algorithm))) != hex) {
      return answer("digest-mismatch",
                    fmt::format("names the file with another {} digest", name));
    }
    fitting += (fitting.empty() ? "" : ", ") + name;
  }
  if (fitting.empty()) {
    return answer(
        "weak-algorithm",
        fmt::format("names the file by {} only, which does not count", digests.begin()->first));
  }
  return answer("", fmt::format("names the file with its {} digest", fitting));
}

Result<ListAnswer> ask(const ManifestFormat& format, const Sidecar& list,
                       const SignedFile& file) {
  const auto entries = format.parse(list);
  if (!entries) return answer(entries.error().code, entries.error().what);
  const auto digests = digests_of(*entries, file.name());
  if (!digests) return answer(digests.error().code, digests.error().what);
  return compare(*digests, file);
}

}  // namespace

std::string ascii_lower(std::string_view text) {
  std::string copy(text);
  for (char& c : copy) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return copy;
}

std::span<const std::string_view> digest_suffixes() {
  return kDigestSuffixes;
}

bool is_digest_suffix(std::string_view suffix) {
  return std::ranges::find(kDigestSuffixes, ascii_lower(suffix)) != kDigestSuffixes.end();
}

bool is_list_name(std::string_view name) {
  const std::string low = ascii_lower(name);
  std::string_view stem = low;
  if (stem.ends_with(".txt")) stem.remove_suffix(4);
  return std::ranges::find(kListNames, stem) != kListNames.end();
}

Result<ListAnswer> ask_list(const Sidecar& list, const SignedFile& file,
                            std::span<const ManifestFormat* const> formats) {
  const ManifestFormat* format = format_of(list, formats);
  if (format == nullptr) return answer("list-malformed", why_unreadable(list.bytes));
  ListAnswer given = TRY(ask(*format, list, file));
  if (!format->name.starts_with("checksums")) given.format = format->name;
  return given;
}

}  // namespace assay
