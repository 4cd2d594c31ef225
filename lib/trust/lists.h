// Checksum lists: which names they go by, and what one says of a file.

#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/error.h"
#include "trust/formats.h"

namespace assay {

/// A to Z as a to z, every other byte as it is.
std::string ascii_lower(std::string_view text);

/// ".sha256" and its kin, in any case: FILE + suffix speaks of FILE alone.
bool is_digest_suffix(std::string_view suffix);
/// Those suffixes, in the order sidecars are looked for.
std::span<const std::string_view> digest_suffixes();
/// "SHA256SUMS", "checksums.txt" and their kin, in any case.
bool is_list_name(std::string_view name);

/// What a list says of a file.
struct ListAnswer {
  std::string format = "checksums";       ///< "in-toto" for a statement
  std::string reason = "list-malformed";  ///< reason id; empty if its digests are the file's
  std::string detail{};                   ///< one line, printable
};

/// Reads the list and compares. Every digest that counts must be the file's,
/// and there must be one. Fails only if the file cannot be read.
Result<ListAnswer> ask_list(const Sidecar& list, const SignedFile& file,
                            std::span<const ManifestFormat* const> formats);

}  // namespace assay
