// compile: rule text to the rules libyara runs, the whole pack or a part of it.

#pragma once

#include <string_view>
#include <vector>

#include "base/c_handle.h"
#include "base/error.h"
#include "scan/rules.h"

struct YR_RULES;

namespace assay {

/// Starts libyara once a process. Fails with config when it cannot start.
Result<void> start_engine();

/// Frees compiled rules; they must not outlive the process's use of libyara.
void destroy_rules(YR_RULES* rules) noexcept;
using RulesHandle = CHandle<YR_RULES, destroy_rules>;

/// Compiles every *.yar of `files`, each as its own namespace. Fails with config,
/// naming file and line, on a syntax error, or a warning in a file that is not tolerant.
Result<RulesHandle> compile_files(const std::vector<RuleFile>& files);

/// What libyara said about a file.
struct CompilerNote {
  bool is_warning = false;
  std::size_t line = 0;  ///< 0: at the end
  std::string rule{};    ///< of a warning
  std::string message{};
};

/// All of it: the warnings before the first error, and that one.
std::vector<CompilerNote> compile_notes(const RuleFile& file);

/// libyara's `code` as an error: it "cannot <doing>".
Error engine_error(std::string_view doing, int code);

}  // namespace assay
