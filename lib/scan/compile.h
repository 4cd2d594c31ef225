// compile: rule text to the rules libyara runs, the whole pack or a part of it.

#pragma once

#include <string_view>
#include <vector>

#include "base/c_handle.h"
#include "base/error.h"
#include "scan/rules.h"

struct YR_RULES;

namespace assay {

/// Frees compiled rules; they must not outlive the process's use of libyara.
void destroy_rules(YR_RULES* rules) noexcept;
using RulesHandle = CHandle<YR_RULES, destroy_rules>;

/// Compiles every *.yar of `files`, each as its own namespace. Fails with config,
/// naming file and line, on a syntax error or a warning.
Result<RulesHandle> compile_files(const std::vector<RuleFile>& files);

/// libyara's `code` as an error: it "cannot <doing>".
Error engine_error(std::string_view doing, int code);

}  // namespace assay
