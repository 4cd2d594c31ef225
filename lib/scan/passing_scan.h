// PassingScan: what the rules say of a large program that nobody holds, told from its bytes
// as they pass.

#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "model/evidence.h"
#include "scan/gate.h"
#include "scan/rules.h"

namespace assay {

class PassingScan {
 public:
  /// For a program of Linux of `size` bytes, over kLargestHeldElf.
  /// Null when it is small enough to be held, or the rules need it held. `rules` must
  /// outlive the PassingScan.
  static std::unique_ptr<PassingScan> start(const RuleSet& rules, std::uint64_t size);

  void piece(Bytes bytes);

  /// As Scanner::scan() of all that passed. Nothing when a rule needs it held after all.
  std::optional<std::vector<Finding>> finish(const Member& member);

 private:
  PassingScan(const RuleSet& rules, std::unique_ptr<Gate::Passing> passing)
      : rules_(rules), passing_(std::move(passing)) {}

  const RuleSet& rules_;
  std::unique_ptr<Gate::Passing> passing_;
  std::string front_{};  ///< where a packer leaves its mark
};

}  // namespace assay
