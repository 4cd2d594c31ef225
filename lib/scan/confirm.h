// Confirmer: libyara over one member, with full YARA semantics; what the gate
// lets through is decided here. One per thread.

#pragma once

#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/c_handle.h"
#include "base/error.h"
#include "model/evidence.h"
#include "scan/rule_state.h"

struct YR_SCAN_CONTEXT;  // libyara: YR_SCANNER

namespace assay {

/// What rules see of a member beside its content; C strings, so a NUL is a `?`.
struct Variables {
  std::string filename, filepath, filetype, extension;

  explicit Variables(const Member& member);
};

/// The finding of a rule whose first string matched at `offset`.
Finding make_finding(const RuleMeta& meta, const Member& member, Bytes content,
                     std::uint64_t offset);
/// In the order of a scan's answer: by rule, then offset.
void sort_findings(std::vector<Finding>& findings);

void destroy_scanner(YR_SCAN_CONTEXT* scanner) noexcept;

class Confirmer {
 public:
  /// `rules` must outlive the Confirmer.
  static Result<Confirmer> create(const CompiledRules& rules, int timeout_seconds);

  /// Every rule that matches, sorted by (rule, offset). Fails as Scanner::scan does.
  Result<std::vector<Finding>> scan(const Member& member, const Variables& variables,
                                    Bytes content);

 private:
  using Engine = CHandle<YR_SCAN_CONTEXT, destroy_scanner>;

  Confirmer(const CompiledRules& rules, Engine engine)
      : rules_(&rules), engine_(std::move(engine)) {}
  Result<void> define(const Variables& variables);

  const CompiledRules* rules_;
  Engine engine_;
};

}  // namespace assay
