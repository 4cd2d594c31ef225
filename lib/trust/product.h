// Product: one kind of file a vendor ships, and what he has to show for it
// beyond one good signature.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/toml.h"
#include "trust/require.h"
#include "trust/version.h"

namespace assay {

/// From which version on a file is taken. The version is read from signed data only.
struct VersionRule {
  VersionScheme scheme = VersionScheme::semver;
  /// "agent-{version}.tar.gz": where the file's name holds it, if the name itself is
  /// signed along; empty: the signature or the repository says it.
  std::string pattern{};
  std::string floor{};      ///< the oldest that is taken; empty: any
  bool learn = false;       ///< nothing older than what was accepted here before
  bool allow_equal = true;  ///< the same version again is taken
};

struct Product {
  std::string name{};                ///< "router-fw"; the vendor's id where he has one only
  std::vector<std::string> match{};  ///< globs on the bundle's base name; never empty
  std::vector<std::string> type{};   ///< formats the bundle may have; empty: any
  Require require = Require::any();
  std::optional<VersionRule> version{};
  std::int64_t max_age = 0;     ///< seconds since the signature was made; 0: any
  bool bind_file_name = false;  ///< a signature that counts must name the file
};

/// One `[[product]]`. Strict; fails with config and points at the line.
Result<Product> read_product(TomlTable& table);

/// The `match` of a product or vendor file.
Result<std::vector<std::string>> read_match(TomlTable& table);

/// Empty, or why this glob may not stand in `match`.
std::string why_no_match(std::string_view glob);

/// What stands in `name` where `pattern` says {version}; nothing if it does not fit.
std::optional<std::string> version_in(std::string_view pattern, std::string_view name);

}  // namespace assay
