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

/// The report of an evidence statement's text; who signed it is not asked. Fails as
/// read_saved does.
Result<Report> read_evidence_statement(std::string_view statement);

/// Evidence to be judged again, believed as it stands: a verdict file, the line of one that
/// a log keeps, a json report, or a core. Where a core alone does not say how the bundle was
/// walled in, the weakest wall is assumed. Fails as read_saved does.
Result<Report> read_evidence(std::string_view file);

/// The report whose evidence_core() is `core`, which is left as it stands. Fails with
/// unusable, code "verdict-malformed".
Result<Report> read_core(const Json& core);

}  // namespace assay
