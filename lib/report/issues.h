// Issues: what a report holds against a bundle, as the tools of CI count it: one list
// of findings, problems, and requirements that neither of them explains.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/verdict.h"

namespace assay {

/// Issue: one thing somebody is to look at. Ids, words and texts are ours or a rule's;
/// only `member` and `context` are raw bytes of the bundle.
struct Issue {
  enum class Level { note, warning, error };
  enum class Kind { finding, problem, requirement };

  Kind kind = Kind::finding;
  std::string id{};  ///< of the rule or reason: "MINER004", "trailing-data"
  std::string title{};
  Level level = Level::error;  ///< error: it keeps the bundle from PASSED
  bool undecided = false;      ///< not bad, but could not be decided
  Severity severity = Severity::critical;
  std::string message{};  ///< one line; printable
  std::string detail{};   ///< of a problem: the message without the member
  std::string meaning{};  ///< of the id, whatever the bundle
  std::string remedy{};
  std::string reference{};
  std::string category{};       ///< "miner"; empty but for findings
  std::string member{};         ///< raw path; empty for the bundle itself
  std::string member_sha256{};  ///< empty if not known
  std::uint64_t offset = 0;
  std::string context{};  ///< raw
  std::string waiver{};   ///< id of the waiver that bears it; empty if none does
  std::string waived{};   ///< of a waived one: "WVR-7 until 2026-..., approved by lead"
};

/// Every issue, what weighs most first; equal ones in the order of the evidence.
std::vector<Issue> issues(const Report& report);

/// True for a finding that keeps the bundle from PASSED, unless a waiver bears it.
bool counts(const Finding& finding, const Policy& policy);

/// The waiver that bears this finding, or null.
const WaiverUse* waiver_of(const Finding& finding, const Report& report);

/// How many findings waivers bear.
std::size_t waived_findings(const Report& report);

/// "used", or the id of the reason why it bears nothing.
std::string_view waiver_state(const WaiverUse& use);

/// "WVR-7 until 2026-06-01T00:00:00Z, approved by lead", printable.
std::string describe(const WaiverUse& use);

/// Lower-case hex that two runs give the same issue, and no two issues of one run:
/// SHA-256 over (id, member, digest of the member, offset).
std::string fingerprint(const Issue& issue);

std::string_view to_string(Issue::Level level);  ///< note warning error

/// "urn:assay:policy:baseline" is "baseline" to its reader.
std::string_view short_policy(std::string_view id);

/// What the reader does now: the hints of what was not met, each once and without those
/// that a finding gives itself.
std::vector<std::string> hints(const Report& report);

/// One line about the whole: "PASSED by policy 'baseline'"; of a saved verdict also whether
/// anybody vouches for it.
std::string headline(const Report& report);

}  // namespace assay
