// The table of a rule set: which rules libyara lists, and what each says of itself. Written
// when the program is built, so that a run over harmless files never starts libyara.

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scan/gate.h"
#include "scan/rules.h"

namespace assay {

/// One rule, in libyara's order; a private one says nothing of itself.
struct ListedRule {
  RuleName name{};
  RuleMeta meta{};
};

std::string write_rule_table(const std::vector<ListedRule>& rules);

/// What write_rule_table() wrote; nothing when it is anything else.
std::optional<std::vector<ListedRule>> read_rule_table(std::string_view text);

}  // namespace assay
