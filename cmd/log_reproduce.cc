// assay log reproduce: a verdict made again, from the policy, trust store, rules and waivers
// that the log kept by digest, and the bundle that whoever asks still has.

#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.h"
#include "base/file.h"
#include "cmd/log.h"
#include "cmd/options.h"
#include "cmd/terminal.h"
#include "crypto/digest.h"
#include "crypto/envelope.h"
#include "log/archive.h"
#include "policy/waiver.h"
#include "verdict/saved.h"
#include "verdict/summary.h"
#include "verify/pipeline.h"
#include "verify/registry.h"

namespace assay::cmd {
namespace {

constexpr std::size_t kMostShown = 5;  // differing elements of a list
constexpr std::size_t kMostShownBytes = 200;

/// What the verdict was made by, read again.
struct Then {
  Report report{};  ///< as the kept evidence tells it
  Policy policy{};
  TrustStore trust{};
  RuleSet rules;
};

Error not_kept(std::string_view what, std::string_view sha256) {
  return fail(Error::Kind::io,
              fmt::format("the {} {} was not kept with this log", what, sha256),
              "without it the verdict cannot be made again");
}

/// The path of something that was kept, whose digest the caller checks.
Result<std::string> kept(const log::Folder& folder, std::string_view kind,
                         std::string_view sha256) {
  if (!log::is_archived(folder, kind, sha256)) return not_kept(kind, sha256);
  return folder.path(log::archive_path(kind, sha256));
}

Result<void> check_digest(std::string_view kind, const std::string& is,
                          const std::string& should) {
  if (is == should) return {};
  return Error{.kind = Error::Kind::durability,
               .code = "log-damaged",
               .what = fmt::format("the kept {} {} is not what its name says", kind, should)};
}

Result<Report> read_kept_evidence(const log::Folder& folder, const std::string& entry) {
  const auto envelope = parse_envelope(entry, {});
  const auto summary =
      envelope ? read_summary(envelope->payload) : Result<Summary>(envelope.error());
  if (!summary) return fail(Error::Kind::usage, "this entry is no verdict");
  const std::string text = TRY(
      read_file(folder.path(log::evidence_path(summary->evidence_sha256)), std::size_t{1} << 30)
          .context("reading the verdict's evidence"));
  TRY(check_digest("evidence", sha256_hex(as_bytes(text)), summary->evidence_sha256));
  return read_evidence(text);
}

Result<Policy> read_kept_policy(const log::Folder& folder, const Report& report) {
  const std::string path = TRY(kept(folder, "policy", report.policy.sha256));
  Policy policy = TRY(parse_policy({TRY(read_file(path)), path}, report.effective_time));
  TRY(check_digest("policy", policy.sha256, report.policy.sha256));
  for (const WaiverUse& use : report.verdict.waivers) {
    const std::string text = TRY(read_file(TRY(kept(folder, "waiver", use.sha256))));
    policy.waivers.push_back(TRY(read_waiver(text, policy.approvers)));
    TRY(check_digest("waiver", policy.waivers.back().sha256, use.sha256));
  }
  policy.log_required = false;  // nothing is handed out
  return policy;
}

Result<TrustStore> read_kept_trust(const log::Folder& folder, const std::string& sha256) {
  if (sha256.empty()) return TrustStore();
  TrustStore trust = TRY(TrustStore::load(TRY(kept(folder, "trust", sha256)), trust_formats()));
  TRY(check_digest("trust store", trust.sha256(), sha256));
  return trust;
}

Result<Then> read_then(const log::Folder& folder, const std::string& entry) {
  Report report = TRY(read_kept_evidence(folder, entry));
  Policy policy = TRY(read_kept_policy(folder, report));
  TrustStore trust = TRY(read_kept_trust(folder, report.evidence.trust_sha256));
  const std::string path = TRY(kept(folder, "rules", report.evidence.rules.sha256));
  RuleSet rules = TRY(RuleSet::compile(TRY(read_archived_rules(path)), policy.rule_modules));
  TRY(check_digest("rule set", rules.info().sha256, report.evidence.rules.sha256));
  return Then{.report = std::move(report),
              .policy = std::move(policy),
              .trust = std::move(trust),
              .rules = std::move(rules)};
}

Result<Report> make_again(const LogOptions& options, const Then& then) {
  const std::unique_ptr<Examiner> examiner =
      TRY(JudgeOptions().examiner(then.rules, then.policy));
  const Time at = then.report.effective_time;
  const History history =
      TRY(History::load(Home::find(options.globals->home).history())).before(at);
  const VendorMatch& vendor = then.report.evidence.vendor;
  Request request{.bundle = options.bundle, .sidecars = options.sidecars};
  request.repository = options.repository;
  if (vendor.chosen_by_hand && !vendor.vendors.empty()) request.vendor = vendor.vendors.front();
  request.at = at;
  const ToolInfo tool = TRY(tool_info());
  return verify(request, then.policy,
                {.examiner = *examiner,
                 .trust = then.trust,
                 .trust_formats = trust_formats(),
                 .requirements = requirements(),
                 .rules = then.rules.info(),
                 .tool = tool,
                 .clock = [at] { return at; },
                 .history = history});
}

std::string shown(const Json& value) {
  const std::string text = printable(value.canonical());
  return text.size() <= kMostShownBytes ? text : text.substr(0, kMostShownBytes) + "...";
}

/// Up to kMostShown elements of a list that the other one lacks.
std::string only_in(char mark, const Json::Array& list, const Json::Array& other) {
  std::string text;
  std::size_t count = 0;
  for (const Json& element : list) {
    if (std::ranges::find(other, element) != other.end()) continue;
    if (++count <= kMostShown) text += fmt::format("    {} {}\n", mark, shown(element));
  }
  if (count > kMostShown) text += fmt::format("    {} and {} more\n", mark, count - kMostShown);
  return text;
}

/// What is said otherwise now, by the parts of the core.
std::string differences_text(const Json::Object& then, const Json::Object& now) {
  static const Json kNothing;
  std::string text;
  for (const auto& [key, value] : then) {
    const auto found = now.find(key);
    const Json& other = found == now.end() ? kNothing : found->second;
    if (other == value) continue;
    text += fmt::format("  {}\n", printable(key));
    if (value.array() != nullptr && other.array() != nullptr) {
      text += only_in('-', *value.array(), *other.array()) +
              only_in('+', *other.array(), *value.array());
    } else {
      text += fmt::format("    - {}\n    + {}\n", shown(value), shown(other));
    }
  }
  for (const auto& [key, value] : now) {
    if (!then.contains(key)) text += fmt::format("  {}\n    + {}\n", key, shown(value));
  }
  return text;
}

/// Which program judged is compared by itself: it may be a newer one.
Json::Object without_tool(const Json& core) {
  Json::Object object = core.object() == nullptr ? Json::Object() : *core.object();
  object.erase("tool");
  return object;
}

std::string inputs_text(const Report& report) {
  const auto row = [](std::string_view what, const std::string& sha256) {
    return fmt::format("{:<8} {}\n", what,
                       sha256.empty() ? "there was none" : sha256 + ", kept");
  };
  return row("policy", report.policy.sha256) + row("trust", report.evidence.trust_sha256) +
         row("rules", report.evidence.rules.sha256) +
         fmt::format(
             "waivers  {}, kept\nas of    {}\n"
             "given    the bundle and what lies beside it; accepted versions are those "
             "of this home before then\n",
             report.verdict.waivers.size(), to_rfc3339(report.effective_time));
}

}  // namespace

Result<ExitCode> run_log_reproduce(const LogOptions& options) {
  const log::Folder folder = TRY(open_log(options));
  const std::uint64_t size = TRY(log_size(options, folder));
  const FoundEntry found = TRY(find_entry(folder, options.what, size));
  const Then then = TRY(read_then(folder, found.bytes)
                            .context(fmt::format("making entry {} again", found.index)));
  const Report now = TRY(make_again(options, then));
  const std::string& sha256 = then.report.evidence.bundle.sha256;
  if (now.evidence.bundle.sha256 != sha256) {
    return fail(Error::Kind::usage, "this is another file: the verdict is for " + sha256,
                "name the bundle that the verdict is for");
  }
  const Json::Object before = without_tool(then.report.core), after = without_tool(now.core);
  const bool same = before == after;
  if (options.globals->quiet) return same ? ExitCode::passed : ExitCode::failed;
  std::string text = fmt::format(
      "entry    {}: {} of {}\n{}", found.index, to_string(then.report.verdict.outcome),
      printable(then.report.evidence.bundle.name), inputs_text(then.report));
  text += fmt::format("program  {}\n", then.report.tool.sha256 == now.tool.sha256
                                           ? "the same"
                                           : fmt::format("another one: then {} {}, now {} {}",
                                                         printable(then.report.tool.version),
                                                         then.report.tool.sha256,
                                                         now.tool.version, now.tool.sha256));
  text += same ? "REPRODUCED: everything else of the evidence's core is the same\n"
               : "DIFFERENT: - is what the log has, + what comes out now\n" +
                     differences_text(before, after);
  TRY(print(text));
  return same ? ExitCode::passed : ExitCode::failed;
}

}  // namespace assay::cmd
