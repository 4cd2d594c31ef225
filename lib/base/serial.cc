#include "base/serial.h"

#include <fmt/format.h>

namespace assay {
namespace {

constexpr std::int64_t kLongest = 9999'12'31;

}  // namespace

std::int64_t comparable_serial(std::int64_t serial) {
  return serial >= 0 && serial <= kLongest ? serial * 100 : serial;
}

std::optional<Time> serial_date(std::int64_t serial) {
  const std::int64_t day = serial > kLongest ? serial / 100 : serial;
  if (day < 0 || day > kLongest) return std::nullopt;
  return from_rfc3339(
      fmt::format("{:04}-{:02}-{:02}T00:00:00Z", day / 10000, day / 100 % 100, day % 100));
}

}  // namespace assay
