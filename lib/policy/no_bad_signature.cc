// no-bad-signature: nothing in the bundle or beside it speaks against it. One good
// signature does not outweigh a bad one: somebody changed something.

#include <fmt/format.h>

#include "base/bytes.h"
#include "policy/answer.h"
#include "policy/policy.h"

namespace assay {
namespace {

/// The first record of its kind, and how many there are.
struct Tally {
  const SignatureRecord* first = nullptr;
  std::size_t count = 0;

  void add(const SignatureRecord& record) {
    if (count++ == 0) first = &record;
  }
  Answer answer() const {
    // A record that neither verified nor says why was never judged.
    const std::string_view reason =
        first->reason.empty() ? std::string_view("not-judged") : first->reason;
    return not_met(reason, fmt::format("{}: {}{}", printable(first->source), first->detail,
                                       and_more(count)));
  }
};

Answer judge_bad(const Evidence& evidence, const Policy& /*policy*/, Time /*now*/) {
  Tally bad, unclear, notes;
  for (const SignatureRecord& record : evidence.signatures) {
    if (record.verified && record.reason.empty()) continue;
    switch (effect_of(record.reason)) {
      case Effect::fails: bad.add(record); break;
      case Effect::note: notes.add(record); break;
      case Effect::refuses:
      case Effect::indeterminate: unclear.add(record); break;
    }
  }
  if (bad.count != 0) return bad.answer();
  if (unclear.count != 0) return unclear.answer();
  if (evidence.signatures.empty()) return met("none is in the bundle or beside it");
  return met(
      fmt::format("{} looked at, none is bad{}", evidence.signatures.size(),
                  notes.count == 0 ? "" : fmt::format(", {} of no weight", notes.count)));
}

std::vector<std::string> see_all(const Evidence& evidence, const Policy& /*policy*/,
                                 Time /*now*/) {
  std::vector<std::string> lines;
  for (const SignatureRecord& record : evidence.signatures) {
    const bool good = record.verified && record.reason.empty();
    lines.push_back(fmt::format("{}: {}: {}", printable(record.source),
                                good ? "good" : to_string(effect_of(record.reason)),
                                record.detail));
  }
  return lines;
}

}  // namespace

extern const Requirement no_bad_signature_requirement;
constinit const Requirement no_bad_signature_requirement = {
    "no-bad-signature", true,
    "No signature or list in the bundle or beside it contradicts it, is broken, or is by a key "
    "that is revoked or outside its window.",
    judge_bad, see_all};

}  // namespace assay
