// Versions as vendors write them, and which of two is the later.

#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace assay {

enum class VersionScheme {
  semver,  ///< Semantic Versioning 2.0.0; a leading 'v' and missing parts are let pass
  debian,  ///< Debian Policy 5.6.12: [epoch:]upstream[-revision], '~' before everything
};

std::optional<VersionScheme> version_scheme(std::string_view name);

/// Nothing if one of them is no version of the scheme.
std::optional<std::strong_ordering> compare_versions(VersionScheme scheme, std::string_view a,
                                                     std::string_view b);

}  // namespace assay
