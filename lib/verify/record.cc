#include "verify/record.h"

#include "base/file.h"
#include "crypto/digest.h"
#include "log/append.h"
#include "verdict/dsse.h"

namespace assay {
namespace {

/// What the last verdict was made by; a hint that is made anew when it is lost.
constexpr std::string_view kLastFile = ".state/last.json";

struct Source {
  const char* kind;
  std::string name{}, sha256{};
  std::int64_t serial = 0;
};

std::vector<Source> sources_of(const Report& report) {
  const Evidence& evidence = report.evidence;
  return {{"policy", report.policy.id, report.policy.sha256, report.policy.serial},
          {"rules", "rules", evidence.rules.sha256, evidence.rules.serial},
          {"trust", "trust store", evidence.trust_sha256, 0}};
}

Json read_last(const log::Folder& folder) {
  const auto text = read_file(folder.path(kLastFile), 65'536);
  auto json = text ? Json::parse(*text) : Result<Json>(text.error());
  return json ? *std::move(json) : Json();
}

/// An event for each source that is not the one the last verdict was made by.
std::vector<log::Event> changes(const Report& report, const Json& last, Time at) {
  std::vector<log::Event> events;
  for (const Source& source : sources_of(report)) {
    const std::string before = last.text_or_empty(source.kind);
    if (source.sha256.empty() || before == source.sha256) continue;
    Json::Object details{{"previousSha256", before}};
    if (source.serial != 0) details.emplace("serial", source.serial);
    events.push_back({.kind = source.kind,
                      .at = at,
                      .subject = source.name,
                      .sha256 = source.sha256,
                      .details = std::move(details)});
  }
  return events;
}

std::string last_text(const Report& report) {
  Json::Object last;
  for (const Source& source : sources_of(report)) last.emplace(source.kind, source.sha256);
  return Json(std::move(last)).canonical();
}

Result<std::string> envelope_of(const log::Event& event, const Signer& signer) {
  return dsse_sign(kInTotoPayloadType, log::event_statement(event), signer);
}

}  // namespace

Result<Recorded> LogRecorder::record(const Report& report, std::string_view sealed) const {
  const std::size_t end = sealed.find('\n');
  if (end == sealed.npos || !sealed.ends_with('\n')) {
    return fail(Error::Kind::internal, "a verdict that has not two lines");
  }
  TRY(log::keep_evidence(folder_, sealed.substr(0, end)));
  std::vector<std::string> entries;
  entries.emplace_back(sealed.substr(end + 1, sealed.size() - end - 2));
  const auto events = changes(report, read_last(folder_), report.effective_time);
  for (const log::Event& event : events) {
    entries.push_back(TRY(envelope_of(event, verdict_key_)));
  }
  const auto proofs = TRY(log::append(folder_, entries, log_key_, {.memory = memory_}));
  if (!events.empty()) TRY(write_file(folder_.path(kLastFile), last_text(report)));
  return Recorded{.index = proofs.front().index,
                  .origin = folder_.key().name,
                  .proof = log::format_proof(proofs.front())};
}

Result<Recorded> LogRecorder::record(const log::Event& event) const {
  const std::vector<std::string> entries{TRY(envelope_of(event, verdict_key_))};
  const auto proofs = TRY(log::append(folder_, entries, log_key_, {.memory = memory_}));
  return Recorded{.index = proofs.front().index,
                  .origin = folder_.key().name,
                  .proof = log::format_proof(proofs.front())};
}

std::string proof_path(std::string_view verdict_file) {
  constexpr std::string_view kEnd = ".jsonl";
  if (verdict_file.ends_with(kEnd)) verdict_file.remove_suffix(kEnd.size());
  return std::string(verdict_file) + ".tlog-proof";
}

}  // namespace assay
