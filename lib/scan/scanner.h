// Scanner: runs a RuleSet over one member at a time. One per thread.

#pragma once

#include <memory>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "model/evidence.h"
#include "scan/rules.h"

namespace assay {

class Scanner {
 public:
  /// `rules` must outlive the Scanner. The timeout is libyara's, for one member.
  explicit Scanner(const RuleSet& rules, int timeout_seconds = 60);

  /// Every rule that matches, the bytes as they stand or what inspectors make of them, sorted
  /// by (rule, offset). Anything libyara says that is not a clean answer (error, timeout, too
  /// many matches, an unknown message) is `undecided` with code "scan-incomplete".
  /// So is what an inspector cannot look into; where `left_open` is given that is added there
  /// instead, and the rest is told.
  Result<std::vector<Finding>> scan(const Member& member, Bytes content,
                                    std::vector<Error>* left_open = nullptr);

  /// The same for what the rules say of the bytes as they stand, with nothing decoded.
  Result<std::vector<Finding>> scan_as_it_is(const Member& member, Bytes content);

  Scanner(Scanner&&) noexcept;
  Scanner& operator=(Scanner&&) noexcept;
  ~Scanner();

  struct State;

 private:
  std::unique_ptr<State> state_;
};

}  // namespace assay
