// Waivers: who may bear which finding, and for how long. A waiver is an in-toto statement
// in a DSSE envelope, so that other people's tools can check it; man/assay-policy.5 has
// its fields.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "model/evidence.h"
#include "model/policy.h"
#include "model/verdict.h"

namespace assay {

inline constexpr std::string_view kWaiverType = "urn:assay:waiver:v1";
inline constexpr std::size_t kMaxWaiverBytes = std::size_t{64} << 10;
inline constexpr std::size_t kMaxWaiverSignatures = 8;

/// The canonical text of the statement, what approvers sign.
std::string waiver_statement(const Waiver& waiver);

/// Opens a signed waiver; `approved_by` are those of `approvers` whose key signed it, each
/// once. Fails with config if it is no waiver, or not spelled as waiver_statement spells it.
Result<Waiver> read_waiver(std::string_view envelope, const std::vector<Approver>& approvers);

/// The waiver that bears this finding here and now, or null.
const Waiver* waiver_for(const Finding& finding, const Policy& policy, const Evidence& evidence,
                         Time now);

/// What became of each of the policy's waivers, in the order of their ids.
std::vector<WaiverUse> use_waivers(const Policy& policy, const Evidence& evidence, Time now);

}  // namespace assay
