// LiteralDatabase: many literals as Vectorscan looks for them. Building one takes as long
// as searching hundreds of megabytes, so those of the shipped rules are built when the
// program is, and read from what it carries.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/c_handle.h"
#include "scan/prepared.h"

struct hs_database;

namespace assay {

void free_literal_database(hs_database* database) noexcept;
using LiteralDatabase = CHandle<hs_database, free_literal_database>;

/// What is looked for, and the number it is reported under.
struct SoughtLiteral {
  std::string_view bytes{};
  bool caseless = false;
  bool once = false;  ///< one report for a scan is enough
  unsigned number = 0;
};

/// The one among `prepared` that looks for just this. Null when there is none that runs
/// here.
LiteralDatabase prepared_database(const std::vector<SoughtLiteral>& sought,
                                  PreparedParts prepared);

/// The one among `prepared` that looks for just this and runs on this machine; else a new
/// one. Null when Vectorscan does not take the literals. Any thread.
LiteralDatabase literal_database(const std::vector<SoughtLiteral>& sought,
                                 PreparedParts prepared);

bool is_prepared(const std::vector<SoughtLiteral>& sought, PreparedParts prepared);

/// The database as it stands among PreparedParts, for every processor with AVX2.
/// Empty when Vectorscan does not take the literals.
std::string prepare_database(const std::vector<SoughtLiteral>& sought);

}  // namespace assay
