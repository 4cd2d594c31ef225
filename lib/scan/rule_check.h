// What is wrong with rules somebody brings: all of it, each rule with its place, before
// any of them is loaded. libyara stops at the first error of a file and warns about
// little; this goes on, and knows what the gate and this libyara cannot do.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "scan/rules.h"

namespace assay {

struct RuleComplaint {
  enum class Kind {
    broken,       ///< libyara does not compile it
    unsupported,  ///< libyara 4.2 compiles it and answers wrongly
    module,       ///< it imports a module that is not offered
    slow,         ///< libyara says that a string slows every scan down
    no_literal,   ///< no string has bytes to look for, so that every member goes to libyara
    unreachable,  ///< no file at all could make its condition true
  };

  Kind kind = Kind::broken;
  std::string file{};
  std::string rule{};                           ///< empty where no rule could be told
  std::size_t line = 0, column = 0, width = 1;  ///< from 1; line 0: of the whole file
  std::string what{};                           ///< one line, printable
  std::string text{};                           ///< the line as it stands
};

/// Whether libyara is asked about each file, or took all of them without a word before.
enum class Compiles : bool { unknown, yes };

/// By file, then line. `modules` may be imported beside kModulesOffered. A tolerant file
/// is not complained of for being slow.
std::vector<RuleComplaint> check_rules(const std::vector<RuleFile>& files,
                                       const std::vector<std::string>& modules = {},
                                       Compiles compiles = Compiles::unknown);

std::string_view to_string(RuleComplaint::Kind kind);

/// "a.yar:7: rule 'x': what", the line, and carets below.
std::string to_text(const RuleComplaint& complaint);

}  // namespace assay
