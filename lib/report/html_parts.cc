#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.h"
#include "model/reason.h"
#include "report/escape.h"
#include "report/html.h"

namespace assay::html {
namespace {

/// Of one rule or reason; the json report has all of them.
constexpr std::size_t kPlaces = 100;
constexpr std::size_t kPlacesOpen = 5;
constexpr std::size_t kGroups = 200;

std::string_view tone(Outcome outcome) {
  switch (outcome) {
    case Outcome::passed: return "passed";
    case Outcome::failed: return "failed";
    case Outcome::indeterminate: break;
  }
  return "indeterminate";
}

Outcome outcome_of(Answer::State state) {
  switch (state) {
    case Answer::State::met: return Outcome::passed;
    case Answer::State::unmet: return Outcome::failed;
    case Answer::State::undecided: break;
  }
  return Outcome::indeterminate;
}

std::string_view tone(const Issue& issue) {
  if (!issue.waiver.empty()) return "indeterminate";
  if (issue.level == Issue::Level::error) {
    return tone(issue.undecided ? Outcome::indeterminate : Outcome::failed);
  }
  return issue.level == Issue::Level::warning ? "indeterminate" : "info";
}

/// The hallmark: an octagon with a tick, a cross or a question in it.
std::string mark(Outcome outcome) {
  std::string_view sign =
      "M26 25c0-4 3-7 6.500-7s6.500 2.500 6.500 6.500c0 5-6.500 5-6.500 10.500M32.500 43v.2";
  if (outcome == Outcome::passed) sign = "M21 33l8 8 15-17";
  if (outcome == Outcome::failed) sign = "M23 23l18 18M41 23l-18 18";
  return fmt::format(
      "<svg viewBox=\"0 0 64 64\" aria-hidden=\"true\"><path d=\"M21 4h22l17 17v22l-17 17h-22"
      "l-17-17v-22z\"/><path d=\"M23 9h18l14 14v18l-14 14h-18l-14-14v-18z\" "
      "stroke-width=\"1\"/>"
      "<path d=\"{}\" stroke-width=\"5\"/></svg>",
      sign);
}

std::string lead(const Report& report) {
  const std::vector<Answer>& answers = report.verdict.answers;
  const auto open = std::ranges::count_if(
      answers, [](const Answer& answer) { return answer.state != Answer::State::met; });
  const std::string policy = "policy " + code(short_policy(report.policy.id));
  switch (report.verdict.outcome) {
    case Outcome::passed:
      return fmt::format("All {} requirements of {} are met.", answers.size(), policy);
    case Outcome::failed:
      return fmt::format("Do not install. {} of {} requirements of {} {} not met.", open,
                         answers.size(), policy, open == 1 ? "is" : "are");
    case Outcome::indeterminate: break;
  }
  return fmt::format("Do not install yet. {} of {} requirements of {} could not be decided.",
                     open, answers.size(), policy);
}

std::string fact(std::string_view title, const std::string& value) {
  return fmt::format("<div><dt>{}</dt><dd>{}</dd></div>\n", title, value);
}

/// "[text](url)" only for what is plainly a web address; rules can be anybody's.
std::string link(const std::string& url) {
  if (!url.starts_with("https://")) return words(url);
  return fmt::format("<a href=\"{0}\" rel=\"noreferrer noopener\">{0}</a>", words(url));
}

std::string place(const Issue& issue) {
  std::string text = "<li>";
  text += issue.member.empty() ? "the bundle itself" : code(issue.member);
  if (issue.kind == Issue::Kind::finding) {
    text += fmt::format(" <span class=\"sub\">at byte {}</span>", issue.offset);
    if (!issue.context.empty()) {
      text += fmt::format("<code class=\"ctx\">{}</code>", name(issue.context));
    }
  } else {
    text += fmt::format("<br><span class=\"sub\">{}</span>", words(issue.detail));
  }
  return text + "</li>\n";
}

std::string places(const std::vector<const Issue*>& group) {
  std::string first, rest;
  for (std::size_t i = 0; i < std::min(group.size(), kPlaces); ++i) {
    (i < kPlacesOpen ? first : rest) += place(*group[i]);
  }
  std::string text = "<ul class=\"places\">\n" + first + "</ul>\n";
  if (rest.empty()) return text;
  text += fmt::format(
      "<details class=\"more\"><summary>{} more places</summary>\n"
      "<ul class=\"places\">\n{}</ul>\n",
      group.size() - kPlacesOpen, rest);
  if (group.size() > kPlaces) {
    text += fmt::format("<p class=\"sub\">and {} that only the json report has</p>\n",
                        group.size() - kPlaces);
  }
  return text + "</details>\n";
}

/// One rule or reason: what it is once, then every place.
std::string card(const std::vector<const Issue*>& group) {
  const Issue& issue = *group.front();
  const bool finding = issue.kind == Issue::Kind::finding;
  std::string text = fmt::format(
      "<article class=\"card edge {}\">\n<h3><span class=\"badge\">{}</span> {}", tone(issue),
      !issue.waiver.empty() ? std::string_view("waived")
      : finding             ? to_string(issue.severity)
      : issue.level == Issue::Level::note
          ? std::string_view("note")
          : std::string_view(issue.undecided ? "undecided" : "fails"),
      words(issue.id));
  if (issue.title != issue.id) {
    text += fmt::format(" <span class=\"sub\">{}</span>", words(issue.title));
  }
  if (!issue.category.empty()) {
    text += fmt::format(" <span class=\"sub\">\xc2\xb7 {}</span>", words(issue.category));
  }
  text += "</h3>\n";
  if (!issue.meaning.empty()) text += fmt::format("<p>{}</p>\n", words(issue.meaning));
  text += places(group);
  if (!issue.waived.empty()) {
    text += fmt::format("<p class=\"do\"><b>Waived.</b> {}</p>\n", words(issue.waived));
  } else if (!issue.remedy.empty() && (finding || issue.level == Issue::Level::error)) {
    text += fmt::format("<p class=\"do\"><b>What to do.</b> {}</p>\n", words(issue.remedy));
  }
  if (!issue.reference.empty()) {
    text += fmt::format("<p class=\"sub\">{}</p>\n", link(issue.reference));
  }
  return text + "</article>\n";
}

/// The issues of one kind by their id, what weighs most first; notes folded away.
std::string cards(const std::vector<Issue>& all, Issue::Kind kind) {
  std::vector<std::vector<const Issue*>> groups;
  for (const Issue& issue : all) {
    if (issue.kind != kind) continue;
    const auto same = std::ranges::find_if(groups, [&](const auto& group) {
      return group.front()->id == issue.id && group.front()->level == issue.level &&
             group.front()->waiver == issue.waiver;
    });
    if (same != groups.end()) {
      same->push_back(&issue);
    } else if (groups.size() < kGroups) {
      groups.push_back({&issue});
    }
  }
  std::string weighty, notes;
  std::size_t count = 0;
  for (const auto& group : groups) {
    const bool note =
        group.front()->level == Issue::Level::note && group.front()->waiver.empty();
    if (note) count += group.size();
    (note ? notes : weighty) += card(group);
  }
  if (notes.empty()) return weighty;
  return weighty + fmt::format(
                       "<details class=\"more\"><summary>{} {} that decide nothing"
                       "</summary>\n{}</details>\n",
                       count, count == 1 ? "note" : "notes", notes);
}

std::string row(std::string_view tone, std::string_view sign, const std::string& what,
                const std::string& why, bool bad) {
  return fmt::format(
      "<li class=\"{}{}\"><span class=\"mark\">{}</span><span class=\"what\">{}"
      "</span><div class=\"why\">{}</div></li>\n",
      tone, bad ? " bad" : "", sign, what, why);
}

std::string_view sign(Outcome outcome) {
  switch (outcome) {
    case Outcome::passed: return "\xe2\x9c\x93";
    case Outcome::failed: return "\xe2\x9c\x95";
    case Outcome::indeterminate: break;
  }
  return "?";
}

std::string digest_row(std::string_view title, std::string_view value) {
  if (value.empty()) return {};
  return fmt::format("<dt>{}</dt><dd class=\"mono\">{}</dd>\n", title, words(value));
}

}  // namespace

std::string head(const Report& report) {
  const Subject& bundle = report.evidence.bundle;
  std::string text;
  if (report.read_back && !report.read_back->verified) {
    text += fmt::format(
        "<p class=\"alarm\" role=\"alert\">{}. Anybody may have written this "
        "file; nothing on this page is proven.</p>\n",
        words(headline(report)));
  }
  text += fmt::format(
      "<div class=\"stamp {}\">{}\n<div><h1>{}<small>{}</small></h1>\n<p>{}</p>"
      "</div></div>\n<dl class=\"facts\">\n",
      tone(report.verdict.outcome), mark(report.verdict.outcome),
      to_string(report.verdict.outcome), name(bundle.name), lead(report));
  text += fact("Type", words(report.evidence.format)) + fact("Size", size(bundle.size));
  text += fact("Judged as of", to_rfc3339(report.effective_time));
  std::string signed_by = "nobody";
  if (report.read_back) {
    signed_by = report.read_back->verified ? "checked: key " + code(report.read_back->key)
                                           : std::string("no pinned key");
  } else if (!report.key_id.empty()) {
    signed_by = code(report.key_id.substr(0, 16));
  }
  text += fact("Verdict signed by", signed_by);
  return text + "</dl>\n<dl class=\"digests\">\n" + digest_row("SHA-256", bundle.sha256) +
         "</dl>\n";
}

std::string requirements(const Report& report) {
  std::string text = "<ul class=\"rows\">\n";
  for (const Answer& answer : report.verdict.answers) {
    const Outcome outcome = outcome_of(answer.state);
    const bool met = answer.state == Answer::State::met;
    std::string why = words(answer.detail);
    if (!met && !answer.reason.empty()) why = code(answer.reason) + " " + why;
    if (!met && !answer.hint.empty()) {
      why += fmt::format("<p class=\"hint\">{}</p>", words(answer.hint));
    }
    text += row(tone(outcome), sign(outcome), words(answer.requirement), why, !met);
  }
  return text + "</ul>\n";
}

std::string findings(const std::vector<Issue>& all) {
  return cards(all, Issue::Kind::finding);
}

std::string problems(const std::vector<Issue>& all) {
  return cards(all, Issue::Kind::problem);
}

std::string signatures(const Report& report) {
  std::string text;
  for (const SignatureRecord& record : report.evidence.signatures) {
    const Reason* reason = find_reason(record.reason);
    const bool bad = reason != nullptr && reason->effect == Effect::fails;
    const Outcome outcome = record.verified ? Outcome::passed
                            : bad           ? Outcome::failed
                                            : Outcome::indeterminate;
    std::string why = words(record.detail);
    if (!record.verified && !record.reason.empty()) why = code(record.reason) + " " + why;
    std::string about = words(record.format);
    if (!record.vendor.empty()) about += " \xc2\xb7 vendor " + words(record.vendor);
    if (!record.operator_name.empty())
      about += " \xc2\xb7 held by " + words(record.operator_name);
    if (!record.algorithm.empty()) about += " \xc2\xb7 " + words(record.algorithm);
    for (const Time time : record.proven_times)
      about += " \xc2\xb7 existed " + to_rfc3339(time);
    why += "<p class=\"hint\">" + about + "</p>";
    if (record.verified && !record.verified_comment.empty()) {
      why += "<p class=\"hint\">signed comment: " + code(record.verified_comment) + "</p>";
    }
    text += row(tone(outcome), sign(outcome), name(record.source), why, false);
  }
  if (text.empty())
    return "<p class=\"card\">No signature or list is in the bundle or beside it.</p>\n";
  return "<ul class=\"rows\">\n" + text + "</ul>\n";
}

std::string waivers(const Report& report) {
  std::string text;
  for (const WaiverUse& use : report.verdict.waivers) {
    std::string why = code(use.rule) + " in " + code(use.member);
    why += "<p class=\"hint\">" + words(describe(use).substr(printable(use.id).size() + 1)) +
           "</p>";
    if (!use.reason.empty()) why = code(use.reason) + " " + why;
    const std::string what = name(use.id) + "<br><span class=\"sub\">" +
                             (use.reason.empty() ? "bears a finding" : "bears nothing") +
                             "</span>";
    text += row(use.reason.empty() ? "indeterminate" : "info",
                use.reason.empty() ? "\xe2\x89\x88" : "\xe2\x80\x93", what, why, false);
  }
  return text.empty() ? text : "<ul class=\"rows\">\n" + text + "</ul>\n";
}

std::string inputs(const Report& report) {
  const Evidence& evidence = report.evidence;
  return "<dl class=\"card digests\">\n" +
         digest_row("Policy",
                    fmt::format("{} serial {}", report.policy.id, report.policy.serial)) +
         digest_row("Policy file", report.policy.sha256) +
         digest_row("Trust store", evidence.trust_sha256) +
         digest_row("Rules", fmt::format("serial {}, {} loaded", evidence.rules.serial,
                                         evidence.rules.loaded)) +
         digest_row("Rule files", evidence.rules.sha256) +
         digest_row("Program", "assay " + report.tool.version) +
         digest_row("Program file", report.tool.sha256) +
         digest_row("Sandbox", evidence.sandbox) +
         digest_row("Bundle SHA-256", evidence.bundle.sha256) +
         digest_row("Bundle SHA-512", evidence.bundle.sha512) +
         digest_row("Contents", evidence.contents_sha256) +
         digest_row("Evidence core", report.core_sha256) +
         digest_row("Verdict key", report.key_id) + "</dl>\n";
}

}  // namespace assay::html
