// Emitter: a Report as text somebody reads. One row an output format.

#pragma once

#include <string>
#include <string_view>

#include "model/verdict.h"

namespace assay {

struct Style {
  bool color = false;
  bool verbose = false;
};

struct Emitter {
  std::string_view name;  ///< "text"
  std::string_view what;  ///< for whom, one line
  std::string (*emit)(const Report& report, const Style& style);
};

}  // namespace assay
