// Emitter: a Report as text somebody reads. One row an output format.

#pragma once

#include <span>
#include <string>
#include <string_view>

#include "model/verdict.h"

namespace assay {

struct Style {
  bool color = false;
  bool verbose = false;
};

using Emit = std::string (*)(const Report& report, const Style& style);

/// What a format also adds to the file that a variable of the environment names: how CI
/// systems take more than one answer.
struct Appendix {
  const char* variable;  ///< "GITHUB_STEP_SUMMARY"
  Emit emit;
};

struct Emitter {
  std::string_view name;  ///< "text"
  std::string_view what;  ///< for whom, one line
  Emit emit;
  std::span<const Appendix> appendices{};
};

}  // namespace assay
