// Time: a moment in whole seconds, UTC. Enters a run once, through Tools.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace assay {

/// Seconds since 1970-01-01T00:00:00Z.
struct Time {
  std::int64_t seconds = 0;
  auto operator<=>(const Time&) const = default;  // NOLINT(modernize-use-nullptr)
};

/// RFC 3339, UTC, whole seconds: 2026-01-31T12:00:00Z.
std::string to_rfc3339(Time time);

/// Reads exactly the form to_rfc3339 writes; nothing else is a time.
std::optional<Time> from_rfc3339(std::string_view text);

/// A span such as "90s", "15m", "12h", "14d", "52w" in seconds; nothing if malformed.
std::optional<std::int64_t> duration_seconds(std::string_view text);

Time system_now();

}  // namespace assay
