// The whole tool, top to bottom. A bundle comes in at verify(); a Report goes
// out. Each step reads what the steps above it produced and nothing else.

#include "verify/pipeline.h"

#include <unistd.h>

#include <algorithm>
#include <future>

#include "base/file.h"
#include "base/priority.h"
#include "bundle/source.h"
#include "trust/repository.h"
#include "trust/signed_file.h"
#include "trust/terms.h"
#include "verdict/statement.h"

namespace assay {
namespace {

/// On a thread of its own, or, where the machine has none left, when it is waited for.
constexpr auto kSoon = std::launch::async | std::launch::deferred;

/// What lies beside the bundle says, and the repository it is said to be from.
Result<TrustFindings> check_trust(const Source& source, std::span<const Sidecar> sidecars,
                                  const std::optional<Repository>& repository,
                                  const Request& request, const Tools& tools, Time now) {
  TrustFindings findings = TRY(check_signatures(source, sidecars, tools.trust, request.vendor,
                                                tools.trust_formats, now));
  if (!repository) return findings;
  const SnapshotFile bundle(source);
  for (SignatureRecord& record : TRY(check_repository(
           {bundle, tools.trust, request.vendor, tools.trust_formats, now}, *repository))) {
    findings.signatures.push_back(std::move(record));
  }
  return findings;
}

/// What the examination found becomes part of the evidence.
void add_contents(Examination&& found, Evidence& evidence) {
  evidence.format = std::move(found.format);
  evidence.contents_sha256 = std::move(found.contents_sha256);
  evidence.members = std::move(found.members);
  evidence.findings = std::move(found.findings);
  evidence.problems = std::move(found.problems);
  evidence.coverage = found.coverage;
  evidence.sandbox = std::move(found.sandbox);
}

/// The walk sees a container that holds itself, except for the bundle, whose
/// digest only this side knows. What is looked into as a whole and then opened is named as
/// the bundle is, and is not in it.
void note_self_containment(Evidence& evidence) {
  for (const Member& member : evidence.members) {
    const bool is_inside = member.path.size() > evidence.bundle.name.size();
    if (member.sha256 != evidence.bundle.sha256 || !is_inside) continue;
    evidence.problems.push_back(
        make_problem("recursion-cycle", member.path, "it is the bundle itself"));
  }
}

/// How long, and for whom, this verdict may be used.
RunInfo run_info(const Request& request, const Report& report, Time started, Time finished) {
  RunInfo run{.started = started, .finished = finished};
  run.resource_uri = request.resource_uri;
  run.audience = report.policy.audience;
  run.not_after = Time{report.effective_time.seconds + report.policy.valid_for};
  for (const WaiverUse& use : report.verdict.waivers) {
    if (use.reason.empty()) run.not_after = std::min(run.not_after, use.expires);
  }
  run.nonce = request.nonce;
  return run;
}

/// What was accepted here bounds what will be: nothing older, and who spoke for it is known.
Result<void> learn(const Report& report, const Tools& tools) {
  if (tools.history_file.empty() || report.verdict.outcome != Outcome::passed) return {};
  std::vector<Lesson> lessons = lessons_of(tools.trust, report.evidence, report.effective_time);
  std::erase_if(lessons, [&](const Lesson& one) { return tools.history.knows(one); });
  if (lessons.empty()) return {};
  auto kept = append_history(tools.history_file, lessons);
  // When a key spoke first is for people, and no reason to stop where nothing can be kept.
  const bool for_people = std::ranges::all_of(
      lessons, [](const Lesson& one) { return std::holds_alternative<SeenKey>(one); });
  if (!kept && for_people) return {};
  return kept;
}

/// The verdict's entry in the log, if there is one: its proof beside the verdict to be.
Result<void> log_verdict(const std::string& file, const std::string& sealed, const Tools& tools,
                         Report& report) {
  const bool required = report.policy.log_required.value_or(tools.log != nullptr);
  if (tools.log == nullptr) {
    if (!required) return {};
    return Error{.kind = Error::Kind::durability,
                 .code = "log-missing",
                 .what = "the policy demands a log, and there is none",
                 .hint = "`assay init` makes one"};
  }
  auto recorded = tools.log->record(report, sealed);
  if (!recorded && !required) return {};
  Recorded entry = TRY(std::move(recorded));
  report.log = LogStanding{.origin = entry.origin,
                           .size = entry.size,
                           .at = tools.clock(),
                           .witnesses = std::move(entry.witnesses)};
  report.log_entry = "entry " + std::to_string(entry.index) + " of " + entry.origin;
  return write_file(proof_path(file), entry.proof);
}

/// A verdict that could not be made durable leaves neither itself nor its proof.
Result<void> record(const Request& request, const std::string& sealed, const Tools& tools,
                    Report& report) {
  TRY(log_verdict(request.verdict_file, sealed, tools, report)
          .context("recording the verdict in the log"));
  auto written = write_file(request.verdict_file, sealed).context("writing the verdict");
  if (written) {
    report.verdict_file = request.verdict_file;
  } else {
    ::unlink(request.verdict_file.c_str());
    if (!report.log_entry.empty()) ::unlink(proof_path(request.verdict_file).c_str());
  }
  return written;
}

}  // namespace

Result<Report> verify(const Request& request, const Policy& policy, const Tools& tools) {
  const Time started = tools.clock();
  Report report{.policy = policy, .tool = tools.tool};
  report.effective_time = request.at.value_or(started);
  Evidence& evidence = report.evidence;

  // Open. From here on everybody judges these bytes, whatever becomes of the file.
  const Source source =
      TRY(Source::open(request.bundle, policy.limits).context("opening the bundle"));

  // Check what lies beside the bundle: signatures and signed lists, by the trust store.
  // It reads the whole bundle as the examination does, and neither waits for the other.
  const std::vector<Sidecar> sidecars =
      TRY(find_sidecars(request.bundle, tools.trust_formats, request.sidecars));
  std::optional<Repository> repository;
  if (!request.repository.empty()) repository = TRY(read_repository(request.repository));
  auto checking = std::async(kSoon, [&] {
    lower_priority();
    return check_trust(source, sidecars, repository, request, tools, report.effective_time);
  });

  // Examine: unpack recursively, hash and scan every member as it goes by.
  evidence.rules = tools.rules;
  add_contents(
      TRY(tools.examiner.examine(source, policy.limits).context("examining the bundle")),
      evidence);
  evidence.bundle = source.subject();
  note_self_containment(evidence);

  TrustFindings trust = TRY(checking.get());
  evidence.vendor = std::move(trust.vendor);
  evidence.signatures = std::move(trust.signatures);
  evidence.trust_sha256 = tools.trust.sha256();
  add_terms(tools.trust, tools.history, report.effective_time, started, evidence);

  // Beyond this point no byte of the bundle is read: evidence is all there is.

  report.verdict = judge(policy, evidence, tools.requirements, report.effective_time);
  report.new_voices = new_voices(tools.trust, tools.history, evidence);

  if (!request.at) TRY(learn(report, tools).context("remembering what was accepted"));

  // Where the policy demands a log entry, only a verdict that is signed and written has one.
  const bool is_written = tools.signer != nullptr && !request.verdict_file.empty();
  if (report.policy.log_required.value_or(false) && !is_written) {
    return Error{.kind = Error::Kind::durability,
                 .code = "log-missing",
                 .what = "the policy demands a log entry, and no verdict is written",
                 .hint = "leave out `--verdict none`; `assay init` makes key and log"};
  }

  // Seal the verdict.
  if (tools.signer == nullptr) {
    add_core(report);
    return report;
  }
  const RunInfo run = run_info(request, report, started, tools.clock());
  const std::string sealed =
      TRY(seal(report, run, *tools.signer).context("signing the verdict"));
  if (request.verdict_file.empty()) return report;

  // Record: only what stands in the log is handed out.
  TRY(record(request, sealed, tools, report));
  return report;
}

}  // namespace assay
