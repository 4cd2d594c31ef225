#include "verify/record.h"

#include <algorithm>
#include <iterator>
#include <span>

#include "base/bytes.h"
#include "base/file.h"
#include "crypto/envelope.h"
#include "log/append.h"
#include "log/witness.h"

namespace assay {
namespace {

/// What the last verdict was made by; a hint that is made anew when it is lost.
constexpr std::string_view kLastFile = ".state/last.json";
constexpr std::size_t kMostTold = 500;  // waivers it remembers

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

/// The digests of the waivers that were told of before.
std::vector<std::string> told_waivers(const Json& last) {
  std::vector<std::string> told;
  const Json* list = last.find("waivers");
  if (list == nullptr || list->array() == nullptr) return told;
  for (const Json& one : *list->array()) {
    if (one.string() != nullptr) told.push_back(*one.string());
  }
  return told;
}

/// An event for each waiver that bears a finding and did so in no verdict before.
std::vector<log::Event> waiver_events(const Report& report, std::vector<std::string>& told) {
  std::vector<log::Event> events;
  for (const WaiverUse& use : report.verdict.waivers) {
    if (!use.reason.empty() || std::ranges::find(told, use.sha256) != told.end()) continue;
    told.push_back(use.sha256);
    Json::Array approvers;
    for (const std::string& name : use.approved_by) approvers.emplace_back(printable(name));
    events.push_back({.kind = "waiver",
                      .at = report.effective_time,
                      .subject = use.id,
                      .sha256 = use.sha256,
                      .details = {{"rule", printable(use.rule)},
                                  {"member", json_name(use.member)},
                                  {"bundleSha256", report.evidence.bundle.sha256},
                                  {"approvedBy", std::move(approvers)},
                                  {"expires", to_rfc3339(use.expires)}}});
  }
  return events;
}

std::string last_text(const Report& report, const std::vector<std::string>& told) {
  Json::Object last;
  for (const Source& source : sources_of(report)) last.emplace(source.kind, source.sha256);
  const std::size_t most = std::min(told.size(), kMostTold);
  last.emplace("waivers",
               Json::Array(told.end() - static_cast<std::ptrdiff_t>(most), told.end()));
  return Json(std::move(last)).canonical();
}

Result<std::string> envelope_of(const log::Event& event,
                                std::span<const Signer* const> signers) {
  Envelope envelope{.payload_type = std::string(kInTotoPayloadType),
                    .payload = log::event_statement(event)};
  const std::string message = dsse_pae(envelope.payload_type, envelope.payload);
  for (const Signer* signer : signers) {
    const Ed25519Signature signature = TRY(signer->sign(as_bytes(message)));
    envelope.signatures.push_back(
        {key_id(signer->public_key()), std::string(as_text(signature))});
  }
  return envelope_text(envelope);
}

}  // namespace

Result<Recorded> LogRecorder::record(const Report& report, std::string_view sealed) const {
  const std::size_t end = sealed.find('\n');
  if (end == sealed.npos || !sealed.ends_with('\n')) {
    return fail(Error::Kind::internal, "a verdict that has not two lines");
  }
  TRY(log::keep_evidence(folder_, sealed.substr(0, end)));
  TRY(archive_inputs(folder_, inputs_, report).context("keeping what the verdict is made by"));
  std::vector<std::string> entries;
  entries.emplace_back(sealed.substr(end + 1, sealed.size() - end - 2));
  const Json last = read_last(folder_);
  std::vector<std::string> told = told_waivers(last);
  std::vector<log::Event> events = changes(report, last, report.effective_time);
  std::ranges::move(waiver_events(report, told), std::back_inserter(events));
  for (const log::Event& event : events) {
    const Signer* const signers[] = {&verdict_key_};
    entries.push_back(TRY(envelope_of(event, signers)));
  }
  const auto proofs = TRY(log::append(folder_, entries, log_key_, {.memory = memory_}));
  if (!events.empty()) TRY(write_file(folder_.path(kLastFile), last_text(report, told)));
  return recorded(proofs.front());
}

Result<Recorded> LogRecorder::recorded(const log::ProofFile& proof) const {
  Recorded entry{
      .index = proof.index, .origin = folder_.key().name, .proof = log::format_proof(proof)};
  entry.size = TRY(log::open_checkpoint(proof.checkpoint, folder_.key())).tree.size;
  // For those who watch the log; a fault in it is for `assay log fsck` to tell.
  if (const auto seen = log::seen_by(folder_, folder_.key())) {
    for (const log::Seen& one : *seen) entry.witnesses.push_back({one.witness, one.at});
  }
  return entry;
}

Result<Recorded> LogRecorder::record(const log::Event& event, const Signer* also) const {
  std::vector<const Signer*> signers{&verdict_key_};
  if (also != nullptr) signers.push_back(also);
  const std::vector<std::string> entries{TRY(envelope_of(event, signers))};
  const auto proofs = TRY(log::append(folder_, entries, log_key_, {.memory = memory_}));
  return recorded(proofs.front());
}

std::string proof_path(std::string_view verdict_file) {
  constexpr std::string_view kEnd = ".jsonl";
  if (verdict_file.ends_with(kEnd)) verdict_file.remove_suffix(kEnd.size());
  return std::string(verdict_file) + ".tlog-proof";
}

}  // namespace assay
