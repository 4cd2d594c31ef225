// The index files of a Debian repository as data: Release and Packages, read
// strictly. They count for nothing until their bytes are signed, or their digest
// stands in what is signed.

#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"

namespace assay {

/// What an index says of a file.
struct DebianFile {
  std::optional<std::uint64_t> size{};
  std::string sha256{};  ///< lower-case hex; empty if it gives none
  std::string sha512{};
};

struct DebianRelease {
  std::string origin{}, suite{}, codename{};  ///< raw
  Time date{};
  std::optional<Time> valid_until{};
  std::map<std::string, DebianFile>
      files{};  ///< by path beside it: "main/binary-amd64/Packages"
};

/// Fails as malformed: "list-malformed", "list-conflict" (a path with two sizes or two
/// digests), or "weak-algorithm" (no section but MD5 and SHA-1).
Result<DebianRelease> parse_debian_release(std::string_view text);

/// A stanza of Packages.
struct DebianPackage {
  std::string version{};
  DebianFile file{};
};

/// The stanzas that a package file of that name is: by the base name of Filename, or as
/// PACKAGE_VERSION_ARCHITECTURE.deb, the colon of an epoch written %3a or the epoch left
/// out. Fails as malformed, "list-malformed".
Result<std::vector<DebianPackage>> find_debian_package(std::string_view packages,
                                                       std::string_view file_name);

/// "amd64" of "acme_1.0_amd64.deb"; empty if the name does not end so.
std::string_view debian_architecture(std::string_view file_name);

}  // namespace assay
