// Problems: what is wrong with the bundle as a file, weighed. One requirement
// asks for those that fail it, another for those that leave it undecided.

#pragma once

#include <string>
#include <vector>

#include "model/evidence.h"
#include "model/policy.h"
#include "model/verdict.h"

namespace assay {

/// The graver of what the table of reasons and the problem itself say. Only
/// what both call a note is one.
Effect weigh(const Problem& problem);

/// A not_met answer for the problems of that weight, naming the first, or a met one with
/// `otherwise`. What the policy refuses weighs as what fails.
Answer judge_problems(const Evidence& evidence, const Policy& policy, Effect weight,
                      std::string otherwise);

/// Each problem that weighs so here, a line.
std::vector<std::string> see_problems(const Evidence& evidence, const Policy& policy,
                                      Effect weight);

}  // namespace assay
