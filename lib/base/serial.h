// Serials of rule sets: yyyymmdd, or yyyymmddnn for the nn-th of a day.

#pragma once

#include <cstdint>
#include <optional>

#include "base/time.h"

namespace assay {

/// Both spellings on one scale: 20260131 as 2026013100.
std::int64_t comparable_serial(std::int64_t serial);

/// Midnight UTC of a serial's day; nothing if it names no day.
std::optional<Time> serial_date(std::int64_t serial);

}  // namespace assay
