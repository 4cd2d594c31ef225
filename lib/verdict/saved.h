// A saved verdict read back, for those who look at it later. Whether it may be acted on
// is not asked here: that is the gate's.

#pragma once

#include <span>
#include <string_view>

#include "base/error.h"
#include "base/time.h"
#include "model/verdict.h"
#include "verdict/gate.h"

namespace assay {

/// The report that a verdict file was sealed from. One more answer, "verdict-signature",
/// says who vouches for it. Where none of `keys`, in its window at `now`, signed both lines
/// the outcome is INDETERMINATE, whatever the file claims: read_back has that.
///
/// Fails with unusable: code "envelope-malformed" if the file is no verdict,
/// "verdict-malformed" if a statement has not the form this version knows, or the two
/// contradict each other.
Result<Report> read_saved(std::string_view file, std::span<const GateKey> keys, Time now);

/// The report whose evidence_core() is `core`, which is left as it stands. Fails with
/// unusable, code "verdict-malformed".
Result<Report> read_core(const Json& core);

}  // namespace assay
