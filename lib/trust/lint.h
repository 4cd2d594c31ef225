// Lint: what a sound trust store will trip over soon, or has left unsaid.

#pragma once

#include <string>
#include <vector>

#include "base/time.h"
#include "trust/store.h"

namespace assay {

struct Lint {
  bool grave = false;   ///< a product can have no PASSED now
  std::string where{};  ///< "vendor acme", "key acme-2026", "product router-fw"
  std::string what{};   ///< one line, printable
};

/// Keys that ran out or will within sixty days, demands that the keys of today cannot
/// meet, files that two vendors claim, keys nobody asks for, keys nobody reviewed.
std::vector<Lint> lint(const TrustStore& store, Time now);

}  // namespace assay
