#include "verdict/saved.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.h"
#include "crypto/digest.h"
#include "model/reason.h"
#include "verdict/dsse.h"
#include "verdict/statement.h"
#include "verdict/summary.h"

namespace assay {
namespace {

constexpr std::string_view kSignatureAnswer = "verdict-signature";

Error malformed_verdict(std::string code, std::string what) {
  return {.kind = Error::Kind::unusable,
          .code = std::move(code),
          .what = std::move(what),
          .hint = "a verdict is what `assay verify` writes: BUNDLE.verdict.jsonl"};
}

struct Lines {
  std::string_view evidence{}, verdict{};
};

Result<Lines> lines_of(std::string_view file) {
  const std::size_t end = file.find('\n');
  if (end == file.npos || end == 0 || !file.ends_with('\n') || end + 2 >= file.size() ||
      file.find('\n', end + 1) != file.size() - 1) {
    return malformed_verdict("envelope-malformed",
                             "the file has not the two lines of a verdict");
  }
  return Lines{.evidence = file.substr(0, end),
               .verdict = file.substr(end + 1, file.size() - end - 2)};
}

/// Both payloads, and the key that vouches for them, or none.
struct Opened {
  std::string evidence{}, verdict{};
  const GateKey* key = nullptr;
};

bool in_window(const GateKey& key, Time now) {
  return (!key.valid_from || now >= *key.valid_from) &&
         (!key.valid_until || now < *key.valid_until);
}

/// What is in the envelopes, believed by nobody.
Result<Opened> open_unverified(const Lines& lines) {
  const auto evidence = parse_envelope(lines.evidence, {.max_bytes = kMaxEvidenceBytes});
  if (!evidence) return malformed_verdict("envelope-malformed", evidence.error().what);
  const auto verdict = parse_envelope(lines.verdict, {.max_bytes = kMaxVsaBytes});
  if (!verdict) return malformed_verdict("envelope-malformed", verdict.error().what);
  return Opened{.evidence = evidence->payload, .verdict = verdict->payload};
}

/// As the gate opens them: one key, both lines, spelled as assay spells them.
Result<Opened> open_lines(const Lines& lines, std::span<const GateKey> keys, Time now) {
  for (const GateKey& key : keys) {
    if (!in_window(key, now)) continue;
    auto evidence =
        dsse_open_exact(lines.evidence, kInTotoPayloadType, key.public_key, kMaxEvidenceBytes);
    auto verdict =
        dsse_open_exact(lines.verdict, kInTotoPayloadType, key.public_key, kMaxVsaBytes);
    if (evidence && verdict) {
      return Opened{
          .evidence = std::move(*evidence), .verdict = std::move(*verdict), .key = &key};
    }
  }
  return open_unverified(lines);
}

/// The summary is of this evidence, and says the same.
bool agree(const Summary& summary, const Lines& lines, const Report& report) {
  return summary.evidence_sha256 == sha256_hex(as_bytes(lines.evidence)) &&
         summary.core_sha256 == report.core_sha256 &&
         summary.sha256 == report.evidence.bundle.sha256 &&
         summary.passed == (report.verdict.outcome == Outcome::passed);
}

/// PASSED needs every answer met, as when it was sealed.
bool carries_itself(const Verdict& verdict) {
  return verdict.outcome != Outcome::passed ||
         (!verdict.answers.empty() &&
          std::ranges::all_of(verdict.answers, [](const Answer& answer) {
            return answer.state == Answer::State::met;
          }));
}

Answer signature_answer(const Opened& opened, std::size_t keys, const Report& report) {
  Answer answer{.requirement = std::string(kSignatureAnswer)};
  if (opened.key != nullptr) {
    answer.state = Answer::State::met;
    answer.detail = fmt::format("signed by the pinned key '{}', judged as of {}",
                                printable(opened.key->name), to_rfc3339(report.effective_time));
    return answer;
  }
  answer.reason = kSignatureAnswer;
  answer.detail = keys == 0
                      ? "NOT VERIFIED: there is no pinned key to check it with"
                      : fmt::format("NOT VERIFIED: none of {} pinned keys signed it", keys);
  answer.detail += fmt::format("; it claims {}", to_string(report.verdict.outcome));
  if (const Reason* reason = find_reason(kSignatureAnswer)) answer.hint = reason->remedy;
  return answer;
}

/// What this version cannot say of it again was written by another one.
void note_unknown(Report& report, Answer& answer) {
  if (evidence_core(report) == report.core) return;
  answer.detail += fmt::format("; made by assay {}, which also says what is not shown here",
                               printable(report.tool.version));
}

}  // namespace

Result<Report> read_saved(std::string_view file, std::span<const GateKey> keys, Time now) {
  const Lines lines = TRY(lines_of(file));
  const Opened opened = TRY(open_lines(lines, keys, now));
  Report report = TRY(read_evidence_statement(opened.evidence));
  const Summary summary = TRY(read_summary(opened.verdict));
  if (!agree(summary, lines, report) || !carries_itself(report.verdict)) {
    return malformed_verdict("verdict-malformed", "its two lines contradict each other");
  }
  const Json* sandboxed = report.core.find("sandboxed");
  const bool held = sandboxed != nullptr && *sandboxed == Json(true);
  report.policy.min_sandbox = held ? WallLevel::rlimits : WallLevel::seccomp_landlock;
  report.read_back = ReadBack{.verified = opened.key != nullptr,
                              .key = opened.key == nullptr ? "" : opened.key->name,
                              .claimed = report.verdict.outcome};
  Answer answer = signature_answer(opened, keys.size(), report);
  note_unknown(report, answer);
  report.verdict.answers.insert(report.verdict.answers.begin(), std::move(answer));
  if (opened.key == nullptr) {
    report.verdict.outcome = Outcome::indeterminate;
  } else {
    report.key_id = key_id(opened.key->public_key);
  }
  return report;
}

}  // namespace assay
