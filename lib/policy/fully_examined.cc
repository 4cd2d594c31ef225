// fully-examined: every member was reached, hashed and scanned, and every byte of
// the bundle is known for what it is. A pass that left something out would look
// like one that did not.

#include <fmt/format.h>

#include "base/bytes.h"
#include "policy/answer.h"
#include "policy/policy.h"
#include "policy/problems.h"

namespace assay {
namespace {

bool has_content(const Member& member) {
  return member.kind == MemberKind::file || !member.sha256.empty() ||
         (member.kind == MemberKind::other && member.size > 0);
}

bool was_examined(const Member& member) {
  return !has_content(member) || (member.scanned && !member.sha256.empty());
}

/// The first member that has content nobody looked at, and how many have.
Answer judge_members(const Evidence& evidence) {
  const Member* first = nullptr;
  std::size_t missed = 0, seen = 0;
  for (const Member& member : evidence.members) {
    if (has_content(member) && was_examined(member)) ++seen;
    if (!was_examined(member) && missed++ == 0) first = &member;
  }
  if (first != nullptr) {
    return not_met("not-examined", fmt::format("'{}' was not looked at{}",
                                               printable(first->path), and_more(missed)));
  }
  if (seen == 0) return not_met("empty-bundle", "no member has any content");
  return met(fmt::format("{} {}, {} bytes unpacked, {} {} deep", seen,
                         seen == 1 ? "file" : "files", evidence.coverage.bytes,
                         evidence.coverage.depth,
                         evidence.coverage.depth == 1 ? "layer" : "layers"));
}

Answer judge_coverage(const Evidence& evidence, const Policy& policy, Time /*now*/) {
  const Coverage& coverage = evidence.coverage;
  Answer answer = judge_problems(evidence, policy, Effect::indeterminate, {});
  if (answer.state != Answer::State::met) return answer;
  const WallLevel wall = wall_level(evidence);
  if (wall == WallLevel::none) {
    return not_met("no-sandbox", "the bundle was read without a wall around its reader");
  }
  if (wall < policy.min_sandbox) {
    return not_met("weak-sandbox",
                   fmt::format("the bundle was read behind '{}', less than '{}'",
                               to_string(wall), to_string(policy.min_sandbox)));
  }
  if (!coverage.complete) return not_met("not-examined", "the walk did not reach its end");
  const Ledger& ledger = coverage.ledger;
  if (ledger.unknown > 0 || !adds_up_to(ledger, evidence.bundle.size)) {
    return not_met("not-examined", fmt::format("{} of {} bytes are unaccounted for",
                                               ledger.unknown, evidence.bundle.size));
  }
  if (evidence.members.empty() || coverage.members == 0 || coverage.scanned == 0) {
    return not_met("empty-bundle", "there was nothing to look at");
  }
  return judge_members(evidence);
}

std::vector<std::string> see_coverage(const Evidence& evidence, const Policy& policy,
                                      Time /*now*/) {
  const Coverage& coverage = evidence.coverage;
  const Ledger& ledger = coverage.ledger;
  std::vector<std::string> lines = {
      fmt::format("{} of {} members scanned, {} bytes unpacked, {} deep; the walk {}",
                  coverage.scanned, coverage.members, coverage.bytes, coverage.depth,
                  coverage.complete ? "reached its end" : "did not reach its end"),
      fmt::format("of {} bytes: {} member, {} metadata, {} padding, {} signature, {} unknown",
                  evidence.bundle.size, ledger.member, ledger.metadata, ledger.padding,
                  ledger.signature, ledger.unknown),
      fmt::format("wall '{}', '{}' is demanded", printable(evidence.sandbox),
                  to_string(policy.min_sandbox))};
  for (const Member& member : evidence.members) {
    if (!was_examined(member))
      lines.push_back("not looked at: '" + printable(member.path) + "'");
  }
  const auto open = see_problems(evidence, policy, Effect::indeterminate);
  lines.insert(lines.end(), open.begin(), open.end());
  return lines;
}

}  // namespace

extern const Requirement fully_examined_requirement;
constinit const Requirement fully_examined_requirement = {
    "fully-examined", true,
    "Every member was reached, hashed and scanned, and every byte is accounted for.",
    judge_coverage, see_coverage};

}  // namespace assay
