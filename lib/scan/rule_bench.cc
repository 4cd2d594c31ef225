#include "scan/rule_bench.h"

#include <algorithm>
#include <chrono>
#include <functional>

#include "scan/confirmers.h"
#include "scan/gate.h"
#include "scan/rule_state.h"
#include "scan/scanner.h"

namespace assay {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::max(1e-9, std::chrono::duration<double>(Clock::now() - start).count());
}

}  // namespace

Result<RuleCosts> measure_rules(const RuleSet& rules, Bytes content) {
  RuleCosts costs;
  const RuleSet::State& state = rules.state();
  const double megabytes = std::max(1e-6, static_cast<double>(content.size()) / 1e6);
  Member member;
  member.path = "bench";
  member.type = "data";
  const Variables variables(member);
  rules.expect(Gate::kWorthStarting);

  Gate::Watch watch(*state.gate);
  const MemberFacts facts{.filename = variables.filename,
                          .filepath = variables.filepath,
                          .filetype = variables.filetype,
                          .content = content};
  const std::vector<Candidate> candidates = watch.candidates(facts);

  for (std::size_t place = 0; place < state.listed.size(); ++place) {
    const RuleMeta* const meta = state.compiled.metas[place];
    if (meta == nullptr) continue;  // private: it costs those that name it
    Confirmers confirmers(state, 60);
    TRY(confirmers.scan({place}, member, variables, {}));  // compiles it
    const Clock::time_point start = Clock::now();
    static_cast<void>(confirmers.scan({place}, member, variables, content));
    costs.rules.push_back(
        {.id = meta->id,
         .milliseconds_per_megabyte = seconds_since(start) * 1e3 / megabytes,
         .passes_gate =
             std::ranges::find(candidates, place, &Candidate::place) != candidates.end()});
  }
  std::ranges::stable_sort(costs.rules, std::greater<>(), &RuleCost::milliseconds_per_megabyte);

  Scanner scanner(rules);
  static_cast<void>(scanner.scan(member, content));  // compiles what it needs
  const Clock::time_point start = Clock::now();
  static_cast<void>(scanner.scan(member, content));
  costs.megabytes_per_second = megabytes / seconds_since(start);
  return costs;
}

}  // namespace assay
