#include "scan/passing_scan.h"

#include <algorithm>

#include "scan/confirm.h"
#include "scan/inspector.h"
#include "scan/rule_state.h"

namespace assay {
namespace {

/// Program headers and what UPX puts behind them.
constexpr std::size_t kFront = 4096;

}  // namespace

std::unique_ptr<PassingScan> PassingScan::start(const RuleSet& rules, std::uint64_t size) {
  if (size <= kLargestHeldElf) return nullptr;
  auto passing = Gate::Passing::create(*rules.state().gate, size);
  if (passing == nullptr) return nullptr;
  return std::unique_ptr<PassingScan>(new PassingScan(rules, std::move(passing)));
}

void PassingScan::piece(Bytes bytes) {
  front_ += as_text(bytes.first(std::min(bytes.size(), kFront - front_.size())));
  passing_->piece(bytes);
}

std::optional<std::vector<Finding>> PassingScan::finish(const Member& member) {
  if (front_.find("UPX!") != std::string::npos) return std::nullopt;  // to be unpacked
  const Variables variables(member);
  const auto matches = passing_->finish({.filename = variables.filename,
                                         .filepath = variables.filepath,
                                         .filetype = variables.filetype});
  if (!matches) return std::nullopt;
  std::vector<Finding> findings;
  for (const Gate::Passing::Match& match : *matches) {
    const RuleMeta* const meta = rules_.state().compiled.metas[match.place];
    findings.push_back(make_finding(*meta, member, as_bytes(match.context), 0));
    findings.back().offset = match.offset;
  }
  sort_findings(findings);
  return findings;
}

}  // namespace assay
