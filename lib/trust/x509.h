// What a pin of a certificate demands of those that sign.

#pragma once

#include <string_view>

namespace assay {

/// Extended key usages (RFC 5280 section 4.2.1.12): the one demanded unless a pin says
/// otherwise, and the one that demands nothing.
inline constexpr std::string_view kCodeSigning = "1.3.6.1.5.5.7.3.3";
inline constexpr std::string_view kAnyUsage = "2.5.29.37.0";

}  // namespace assay
