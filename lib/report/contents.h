// What a scan saw, as text: shared by the reports that a person reads.

#pragma once

#include <string>
#include <vector>

#include "model/evidence.h"
#include "report/emitter.h"

namespace assay {

/// Findings worst first, with member, offset, context and what to do; notes of
/// severity info only when verbose. Empty if there is nothing to say.
std::string findings_text(const std::vector<Finding>& findings, const Style& style,
                          const Report* report = nullptr);

/// Problems in the order they were met, each with its member.
std::string problems_text(const std::vector<Problem>& problems, const Style& style);

/// What the bundle is: type, digests, members, sidecars, coverage.
std::string inspect_text(const Evidence& evidence, const Style& style);

/// `text` in an SGR colour (31 red, 32 green, 33 yellow, 1 bold) if the style has colour.
std::string colored(const std::string& text, int sgr, const Style& style);

}  // namespace assay
