// Gauges for node_exporter's textfile collector. Labels are the vendor and product of the
// trust store and words of ours: never a file's name or digest, of which there is no end.

#include <fmt/format.h>

#include <array>

#include "base/bytes.h"
#include "base/serial.h"
#include "model/exit_code.h"
#include "report/emitter.h"
#include "report/escape.h"
#include "report/issues.h"

namespace assay {
namespace {

/// One metric family; its samples share the labels of the bundle.
class Family {
 public:
  Family(std::string name, std::string_view help, const std::string& labels)
      : name_("assay_" + std::move(name)),
        labels_(labels),
        text_(fmt::format("# HELP {0} {1}\n# TYPE {0} gauge\n", name_, help)) {}

  template <class Number>
  Family& add(Number value, std::string_view label = {}, std::string_view label_value = {}) {
    const std::string more =
        label.empty() ? "" : fmt::format(",{}=\"{}\"", label, prometheus_label(label_value));
    text_ += fmt::format("{}{{{}{}}} {}\n", name_, labels_, more, value);
    return *this;
  }

  const std::string& text() const { return text_; }

 private:
  std::string name_;
  const std::string& labels_;
  std::string text_;
};

/// The labels that tell one product's file from another's.
std::string labels_of(const Report& report) {
  const VendorMatch& match = report.evidence.vendor;
  const std::string vendor = match.vendors.size() == 1 ? match.vendors.front() : "";
  return fmt::format("vendor=\"{}\",product=\"{}\"", prometheus_label(printable(vendor)),
                     prometheus_label(printable(match.product)));
}

std::string verdict_metrics(const Report& report, const std::string& labels) {
  const Outcome outcome = report.verdict.outcome;
  std::string text;
  text +=
      Family("verdict_timestamp_seconds", "As of when the newest bundle was judged.", labels)
          .add(report.effective_time.seconds)
          .text();
  text +=
      Family("verdict_exit_code",
             "How assay ended: 0 PASSED, 1 FAILED, 3 INDETERMINATE, 4 not verified.", labels)
          .add(static_cast<int>(exit_code(report)))
          .text();
  Family result("verdict_result", "1 for the newest verdict, 0 for the others.", labels);
  for (const Outcome one : {Outcome::passed, Outcome::failed, Outcome::indeterminate}) {
    result.add(one == outcome ? 1 : 0, "result", to_string(one));
  }
  text += result.text();
  Family met("requirement_met", "1 for a requirement that is met.", labels);
  for (const Answer& answer : report.verdict.answers) {
    met.add(answer.state == Answer::State::met ? 1 : 0, "requirement", answer.requirement);
  }
  return text + met.text();
}

std::string content_metrics(const Report& report, const std::string& labels) {
  const Evidence& evidence = report.evidence;
  std::array<std::size_t, 5> findings{};
  for (const Finding& finding : evidence.findings) {
    ++findings.at(static_cast<std::size_t>(finding.severity));
  }
  Family found("findings", "Findings of the content scan by severity.", labels);
  for (std::size_t i = 0; i < findings.size(); ++i) {
    found.add(findings.at(i), "severity", to_string(static_cast<Severity>(i)));
  }
  std::array<std::size_t, 4> problems{};
  for (const Problem& problem : evidence.problems) {
    ++problems.at(static_cast<std::size_t>(problem.effect));
  }
  Family wrong("problems", "What is wrong with the bundle as a file, by effect.", labels);
  for (const Effect effect : {Effect::indeterminate, Effect::fails, Effect::note}) {
    wrong.add(problems.at(static_cast<std::size_t>(effect)), "effect", to_string(effect));
  }
  const Coverage& coverage = evidence.coverage;
  Family members("members", "Members with content, and of those the ones looked at.", labels);
  members.add(coverage.members, "state", "all").add(coverage.scanned, "state", "scanned");
  Family bytes("bundle_bytes", "What the bundle's own bytes are.", labels);
  bytes.add(coverage.ledger.member, "part", "member")
      .add(coverage.ledger.metadata, "part", "metadata")
      .add(coverage.ledger.padding, "part", "padding")
      .add(coverage.ledger.signature, "part", "signature")
      .add(coverage.ledger.unknown, "part", "unknown");
  return found.text() + wrong.text() + members.text() + bytes.text();
}

std::string input_metrics(const Report& report, const std::string& labels) {
  std::string text;
  if (const auto day = serial_date(report.evidence.rules.serial)) {
    text += Family("rules_timestamp_seconds", "The day of the rules that were used.", labels)
                .add(day->seconds)
                .text();
  }
  text += Family("rules_loaded", "How many rules were used.", labels)
              .add(report.evidence.rules.loaded)
              .text();
  if (report.policy.expires.seconds > 0) {
    text += Family("policy_expiry_timestamp_seconds", "When the policy expires.", labels)
                .add(report.policy.expires.seconds)
                .text();
  }
  return text + Family("policy_info", "Which policy judged.", labels)
                    .add(1, "policy", short_policy(report.policy.id))
                    .text();
}

std::string waiver_metrics(const Report& report, const std::string& labels) {
  std::string text = Family("waived_findings", "Findings that a waiver bears.", labels)
                         .add(waived_findings(report))
                         .text();
  Family expiry("waiver_expiry_timestamp_seconds", "Until when a waiver that is used holds.",
                labels);
  bool any = false;
  for (const WaiverUse& use : report.verdict.waivers) {
    if (!use.reason.empty()) continue;
    expiry.add(use.expires.seconds, "waiver", printable(use.id));
    any = true;
  }
  return any ? text + expiry.text() : text;
}

std::string log_metrics(const Report& report, const std::string& labels) {
  if (!report.log) return {};
  std::string text =
      Family("log_size", "Entries of the verdict log.", labels).add(report.log->size).text() +
      Family("log_checkpoint_timestamp_seconds",
             "When the verdict log last published a checkpoint.", labels)
          .add(report.log->at.seconds)
          .text();
  if (report.log->witnesses.empty()) return text;
  Family seen("log_witness_timestamp_seconds", "When a witness last saw the verdict log.",
              labels);
  for (const LogStanding::Witness& witness : report.log->witnesses) {
    seen.add(witness.at.seconds, "witness", printable(witness.name));
  }
  return text + seen.text();
}

std::string emit(const Report& report, const Style& /*style*/) {
  const std::string labels = labels_of(report);
  return verdict_metrics(report, labels) + content_metrics(report, labels) +
         input_metrics(report, labels) + waiver_metrics(report, labels) +
         log_metrics(report, labels);
}

}  // namespace

extern const Emitter prometheus_emitter;
constinit const Emitter prometheus_emitter = {
    "prometheus", "for node_exporter's textfile collector: gauges", emit};

}  // namespace assay
