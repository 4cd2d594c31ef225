// SARIF 2.1.0 (OASIS) as GitHub code scanning and GitLab take it. Each result stands in
// the bundle file, whose members are logical locations; an upload with a result without a
// physical location, or with a URI that is none, is lost whole.

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/bytes.h"
#include "base/json.h"
#include "report/emitter.h"
#include "report/escape.h"
#include "report/issues.h"

namespace assay {
namespace {

constexpr std::size_t kMaxResults = 5000;  // what GitHub shows; it takes 25,000
constexpr std::size_t kMaxHelp = 1000;     // characters; GitHub: 1024
constexpr std::size_t kMaxMessage = 4000;
constexpr std::size_t kHashDigits = 16;

Json text(std::string_view value, std::size_t most = kMaxHelp) {
  return Json(Json::Object{{"text", shortened(visible(value), most)}});
}

/// What GitHub makes critical, high, medium and low of; "0.0" is none.
std::string_view security_severity(Severity severity) {
  switch (severity) {
    case Severity::critical: return "9.5";
    case Severity::high: return "8.0";
    case Severity::medium: return "5.5";
    case Severity::low: return "2.5";
    case Severity::info: break;
  }
  return "0.1";
}

Json rule_json(const Issue& issue) {
  Json::Array tags{"security", "supply-chain"};
  if (!issue.category.empty()) tags.emplace_back(visible(issue.category));
  const std::string& meaning = issue.meaning.empty() ? issue.message : issue.meaning;
  const std::string& help = issue.remedy.empty() ? meaning : issue.remedy;
  Json::Object rule{
      {"id", visible(issue.id)},
      {"shortDescription", text(meaning)},
      {"fullDescription", text(meaning)},
      {"help", text(help)},
      {"defaultConfiguration", Json::Object{{"level", to_string(issue.level)}}},
      {"properties", Json::Object{{"tags", std::move(tags)},
                                  {"precision", "high"},
                                  {"security-severity", security_severity(issue.severity)}}}};
  // A name is for people; SARIF (3.49.7) wants none that repeats the id.
  if (issue.title != issue.id) rule.emplace("name", visible(issue.title));
  if (issue.reference.starts_with("https://") && visible(issue.reference) == issue.reference &&
      issue.reference.find_first_of(" \"<>\\^`{|}") == issue.reference.npos) {
    rule.emplace("helpUri", issue.reference);
  }
  return Json(std::move(rule));
}

Json location_json(const Issue& issue, const Subject& bundle) {
  const Json region(
      Json::Object{{"startLine", 1}, {"startColumn", 1}, {"endLine", 1}, {"endColumn", 2}});
  Json::Object location{
      {"physicalLocation",
       Json::Object{{"artifactLocation", Json::Object{{"uri", uri_segment(bundle.name)}}},
                    {"region", region}}}};
  if (!issue.member.empty()) {
    location.emplace(
        "logicalLocations",
        Json::Array{Json(Json::Object{{"fullyQualifiedName", printable(issue.member)},
                                      {"kind", "member"}})});
  }
  return Json(std::move(location));
}

Json result_json(const Issue& issue, const Subject& bundle, std::size_t rule) {
  std::string message = issue.message;
  if (issue.kind == Issue::Kind::finding) {
    message += " at byte " + std::to_string(issue.offset) + ": " + printable(issue.context);
  }
  const std::string hash = fingerprint(issue).substr(0, kHashDigits) + ":1";
  // What a waiver bears would be an error without it; readers hide what is suppressed.
  const Issue::Level level = issue.waiver.empty() ? issue.level : Issue::Level::error;
  Json::Object result{{"ruleId", visible(issue.id)},
                      {"ruleIndex", rule},
                      {"level", to_string(level)},
                      {"message", text(message, kMaxMessage)},
                      {"locations", Json::Array{location_json(issue, bundle)}},
                      {"partialFingerprints", Json::Object{{"primaryLocationLineHash", hash}}}};
  if (!issue.waiver.empty()) {
    result.emplace(
        "suppressions",
        Json::Array{Json(Json::Object{
            {"kind", "external"}, {"status", "accepted"}, {"justification", issue.waived}})});
  }
  return Json(std::move(result));
}

/// A driver notification: what the reader of the results must know besides.
Json notification(std::string_view message, std::string_view level) {
  return Json(Json::Object{{"level", level}, {"message", text(message, kMaxMessage)}});
}

Json invocation_json(const Report& report, std::size_t left_out) {
  Json::Array notes{notification(headline(report), "note")};
  for (const WaiverUse& use : report.verdict.waivers) {
    if (use.reason.empty()) continue;  // it stands with the results it bears
    notes.push_back(notification(
        fmt::format("waiver {} bears nothing: {}", describe(use), use.reason), "warning"));
  }
  if (left_out > 0) {
    notes.push_back(notification(
        std::to_string(left_out) + " more results; the json report has them all", "warning"));
  }
  return Json(
      Json::Object{{"executionSuccessful", report.verdict.outcome != Outcome::indeterminate},
                   {"toolExecutionNotifications", std::move(notes)}});
}

std::string emit(const Report& report, const Style& /*style*/) {
  const std::vector<Issue> all = issues(report);
  const std::size_t shown = std::min(all.size(), kMaxResults);
  Json::Array rules, results;
  std::map<std::string, std::size_t, std::less<>> places;
  for (std::size_t i = 0; i < shown; ++i) {
    const auto [place, is_new] = places.try_emplace(all[i].id, rules.size());
    if (is_new) rules.push_back(rule_json(all[i]));
    results.push_back(result_json(all[i], report.evidence.bundle, place->second));
  }
  Json::Object driver{{"name", "assay"}, {"rules", std::move(rules)}};
  if (!report.tool.version.empty()) {
    driver.emplace("semanticVersion", visible(report.tool.version));
  }
  // GitHub's category, up to the last slash: one a bundle, so that one does not close
  // another's alerts.
  const std::string category = "assay/" + uri_segment(report.evidence.bundle.name) + "/";
  Json::Object run{{"tool", Json::Object{{"driver", std::move(driver)}}},
                   {"automationDetails", Json::Object{{"id", category}}},
                   {"invocations", Json::Array{invocation_json(report, all.size() - shown)}},
                   {"results", std::move(results)},
                   {"columnKind", "utf16CodeUnits"}};
  return Json(Json::Object{{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
                           {"version", "2.1.0"},
                           {"runs", Json::Array{Json(std::move(run))}}})
             .pretty() +
         "\n";
}

}  // namespace

extern const Emitter sarif_emitter;
constinit const Emitter sarif_emitter = {"sarif", "for code scanning: SARIF 2.1.0", emit};

}  // namespace assay
