// Entry: what an entry of the log says. An envelope around an in-toto
// statement: a verdict, or a piece of the log's own history.

#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/time.h"

namespace assay::log {

/// What history is made of: "waiver", "revocation", "policy", "trust", "rules", "key-change",
/// "gate-decision", "note". Its predicate type is urn:assay:log:KIND:v1.
std::span<const std::string_view> history_kinds();

/// An event, for the log. `details` are the kind's own fields.
struct Event {
  std::string kind{};
  Time at{};
  std::string subject{};  ///< what it is about: a name
  std::string sha256{};   ///< and its digest, lower-case hex
  Json::Object details{};
};

/// The canonical text of the event's statement, to be put into an envelope.
std::string event_statement(const Event& event);

/// What an entry claims. The log vouches for its place, its signer for its words.
struct Entry {
  std::string kind = "other";  ///< "verdict", one of history_kinds(), or "other"
  std::string at{};            ///< RFC 3339, or empty
  std::string subject{};       ///< raw
  std::string sha256{};        ///< of the subject
  std::string result{};        ///< of a verdict: PASSED, FAILED, or FAILED's reason
  std::string key_id{};        ///< a hint
  Json statement{};            ///< null if there is none
};

/// Never fails: an entry that is no statement is of kind "other".
Entry read_entry(std::string_view envelope);

/// The detail of that name, or empty.
std::string detail(const Entry& entry, std::string_view name);

}  // namespace assay::log
