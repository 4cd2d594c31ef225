#include "scan/scanner.h"

#include <algorithm>

#include "scan/confirmers.h"
#include "scan/facts.h"
#include "scan/hidden_text.h"
#include "scan/inspector.h"
#include "scan/rule_state.h"

namespace assay {
namespace {

/// Asked for a few rules libyara may run more, and find what is known already.
void add_new(std::vector<Finding> found, std::vector<Finding>& findings) {
  for (Finding& finding : found) {
    if (std::ranges::find(findings, finding.rule, &Finding::rule) == findings.end()) {
      findings.push_back(std::move(finding));
    }
  }
}

}  // namespace

struct Scanner::State {
  const CompiledRules& rules;
  Gate::Watch watch;
  Confirmers confirmers;
  const HiddenText& hidden;
  const Gate& gate;
  std::vector<Error>* left_open = nullptr;  ///< of the scan under way
};

Scanner::Scanner(const RuleSet& rules, int timeout_seconds)
    : state_(std::make_unique<State>(State{rules.state().compiled,
                                           Gate::Watch(*rules.state().gate),
                                           Confirmers(rules.state(), timeout_seconds),
                                           rules.state().hidden, *rules.state().gate})) {}

namespace {

/// Names do not matter to the search for literals; what it found serves for them all.
enum class Search : bool { anew, done };

/// What the rules say of these bytes, as the content of `member`.
Result<std::vector<Finding>> scan_plainly(Scanner::State& state, const Member& member,
                                          Bytes content, Search search = Search::anew) {
  const Variables variables(member);
  const MemberFacts facts{.filename = variables.filename,
                          .filepath = variables.filepath,
                          .filetype = variables.filetype,
                          .content = content};
  std::vector<Finding> findings;
  std::vector<std::size_t> open;
  const std::vector<Candidate>& candidates = search == Search::done
                                                 ? state.watch.candidates_again(facts)
                                                 : state.watch.candidates(facts);
  for (const Candidate& candidate : candidates) {
    if (candidate.first) {
      const RuleMeta* const meta = state.rules.metas[candidate.place];
      findings.push_back(make_finding(*meta, member, content, *candidate.first));
    } else {
      open.push_back(candidate.place);
    }
  }
  if (!open.empty()) {
    add_new(TRY(state.confirmers.scan(open, member, variables, content)), findings);
  }
  return findings;
}

/// What text may be called once somebody decoded it into a file; rules ask for names.
constexpr std::string_view kGuises[] = {"decoded.ps1",  "decoded.html", "decoded.py",
                                        "package.json", "postinst",     "decoded.service",
                                        "decoded.js",   "decoded.pth",  "etc/cron.d/decoded"};
constexpr std::size_t kLargestText = 1 << 20;

bool is_text(const View& view) {
  return view.bytes().size() <= kLargestText && (view.type == "script" || view.type == "json" ||
                                                 view.type == "text" || view.type == "xml");
}

/// One thing hidden in another, and no deeper.
constexpr int kDeepest = 2;

/// A note about a word says little when the word was decoded.
bool is_worth_saying(const Finding& finding, const std::vector<Finding>& known) {
  return finding.severity > Severity::info &&
         std::ranges::find(known, finding.rule, &Finding::rule) == known.end();
}

/// What the rules say of facts about the member. A finding names those it stands on.
Result<void> judge_facts(Scanner::State& state, const Member& member, const View& view,
                         std::vector<Finding>& findings) {
  Member described = member;
  described.type = view.type;
  for (Finding& finding : TRY(scan_plainly(state, described, view.bytes()))) {
    const auto is_its = [&](const RuleMeta* meta) {
      return meta != nullptr && meta->id == finding.rule;
    };
    const auto& metas = state.rules.metas;
    const auto place =
        static_cast<std::size_t>(std::ranges::find_if(metas, is_its) - metas.begin());
    finding.why += seen_in(as_text(view.bytes()), state.gate.plain_strings(place));
    finding.offset = view.offset;
    add_new({std::move(finding)}, findings);
  }
  return {};
}

Result<void> look(Scanner::State& state, const Inspector& inspector, const Member& member,
                  Bytes content, std::vector<View>& views) {
  const auto looked = inspector.inspect({.hidden = state.hidden}, member, content, views);
  if (looked) return {};
  if (state.left_open == nullptr || looked.error().kind != Error::Kind::undecided) {
    return looked.error();
  }
  state.left_open->push_back(looked.error());
  return {};
}

/// Adds what inspectors find in `content`. A part of the member, `within` it at a depth over
/// 1, was looked through for what hides in it already: there only its own tables are read.
Result<void> scan_views(Scanner::State& state, const Member& member, Bytes content,
                        const std::string& within, int depth, bool is_part,
                        std::vector<Finding>& findings) {
  std::vector<View> views;
  for (const Inspector* inspector : inspectors()) {
    if (is_part && !inspector->reads_structure) continue;
    TRY(look(state, *inspector, member, content, views));
  }
  for (const View& view : views) {
    if (view.is_facts) {
      TRY(judge_facts(state, member, view, findings));
      continue;
    }
    Member inner = member;
    inner.type = view.type;
    const std::string how = within + view.how;
    const auto scan_as = [&](const Member& named, Search search) -> Result<void> {
      for (Finding& finding : TRY(scan_plainly(state, named, view.bytes(), search))) {
        if (!is_worth_saying(finding, findings)) continue;
        finding.member = member.path;
        if (depth == 1) finding.offset = view.offset;
        finding.why += " It stands in the file as " + how + ".";
        findings.push_back(std::move(finding));
      }
      return {};
    };
    TRY(scan_as(inner, Search::anew));
    // A name that is ours says nothing by itself.
    const bool is_worth_naming = is_text(view) && state.watch.saw_any();
    for (const std::string_view guise : kGuises) {
      if (!is_worth_naming) break;
      Member named = inner;
      named.path = guise;
      TRY(scan_as(named, Search::done));
    }
    if (depth < kDeepest) {
      const std::size_t before = findings.size();
      TRY(scan_views(state, inner, view.bytes(), how + " of ", depth + 1, view.owned.empty(),
                     findings));
      for (std::size_t i = before; i < findings.size(); ++i) findings[i].offset = view.offset;
    }
  }
  return {};
}

}  // namespace

Result<std::vector<Finding>> Scanner::scan(const Member& member, Bytes content,
                                           std::vector<Error>* left_open) {
  state_->left_open = left_open;
  std::vector<Finding> findings = TRY(scan_plainly(*state_, member, content));
  TRY(scan_views(*state_, member, content, "", 1, false, findings));
  sort_findings(findings);
  return findings;
}

Result<std::vector<Finding>> Scanner::scan_as_it_is(const Member& member, Bytes content) {
  std::vector<Finding> findings = TRY(scan_plainly(*state_, member, content));
  sort_findings(findings);
  return findings;
}

Scanner::Scanner(Scanner&&) noexcept = default;
Scanner& Scanner::operator=(Scanner&&) noexcept = default;
Scanner::~Scanner() = default;

}  // namespace assay
