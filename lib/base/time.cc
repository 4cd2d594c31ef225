#include "base/time.h"

#include <fmt/format.h>

#include <chrono>

namespace assay {
namespace {

using std::chrono::days;
using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::year_month_day;

/// `count` decimal digits at `position`, or nothing.
std::optional<int> digits(std::string_view text, std::size_t position, std::size_t count) {
  int value = 0;
  for (const char c : text.substr(position, count)) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

}  // namespace

std::string to_rfc3339(Time time) {
  const std::chrono::sys_seconds moment{seconds{time.seconds}};
  const auto day = std::chrono::floor<days>(moment);
  const year_month_day date{day};
  const auto second = (moment - day).count();
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     second / 3600, second / 60 % 60, second % 60);
}

std::optional<Time> from_rfc3339(std::string_view text) {
  if (text.size() != 20 || text[4] != '-' || text[7] != '-' || text[10] != 'T' ||
      text[13] != ':' || text[16] != ':' || text[19] != 'Z') {
    return std::nullopt;
  }
  const auto year = digits(text, 0, 4), month = digits(text, 5, 2), day = digits(text, 8, 2),
             hour = digits(text, 11, 2), minute = digits(text, 14, 2),
             second = digits(text, 17, 2);
  if (!year || !month || !day || !hour || !minute || !second) return std::nullopt;
  const year_month_day date{std::chrono::year{*year},
                            std::chrono::month{static_cast<unsigned>(*month)},
                            std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok() || *hour > 23 || *minute > 59 || *second > 59) return std::nullopt;
  const auto midnight = std::chrono::sys_seconds{sys_days{date}}.time_since_epoch().count();
  return Time{midnight + std::int64_t{*hour} * 3600 + std::int64_t{*minute} * 60 + *second};
}

std::optional<std::int64_t> duration_seconds(std::string_view text) {
  if (text.size() < 2 || text.size() > 7) return std::nullopt;
  const auto count = digits(text, 0, text.size() - 1);
  if (!count) return std::nullopt;
  switch (text.back()) {
    case 's': return *count;
    case 'm': return *count * std::int64_t{60};
    case 'h': return *count * std::int64_t{3600};
    case 'd': return *count * std::int64_t{86400};
    case 'w': return *count * std::int64_t{604800};
    default: return std::nullopt;
  }
}

Time system_now() {
  const auto now = std::chrono::floor<seconds>(std::chrono::system_clock::now());
  return Time{now.time_since_epoch().count()};
}

}  // namespace assay
