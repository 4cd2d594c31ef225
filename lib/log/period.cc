#include "log/period.h"

#include <fmt/format.h>

#include <set>

#include "base/serial.h"
#include "base/time.h"
#include "log/audit.h"
#include "log/entry.h"

namespace assay::log {
namespace {

constexpr std::int64_t kDay = 86'400;
constexpr std::int64_t kOldRules = 30 * kDay;
constexpr std::string_view kExtension = "urn:assay:verdict:v1";

const Json* predicate_of(const Entry& entry) {
  return entry.statement.find("predicate");
}

/// Why the rules of a verdict were old when it was made, or empty.
std::string old_rules(const Entry& entry) {
  const Json* predicate = predicate_of(entry);
  const Json* extension = predicate == nullptr ? nullptr : predicate->find(kExtension);
  const Json* serial = extension == nullptr ? nullptr : extension->find("rulesSerial");
  const auto at = from_rfc3339(entry.at);
  if (serial == nullptr || serial->integer() == nullptr || !at) return "it names no rules";
  const auto day = serial_date(*serial->integer());
  if (!day) return fmt::format("rules serial {} is no day", *serial->integer());
  if (at->seconds - day->seconds <= kOldRules) return {};
  return fmt::format("rules serial {}, {} days old", *serial->integer(),
                     (at->seconds - day->seconds) / kDay);
}

std::string waiver_says(const Entry& entry) {
  const Json* predicate = predicate_of(entry);
  std::string text = detail(entry, "rule") + ", until " + detail(entry, "expires");
  const Json* by = predicate == nullptr ? nullptr : predicate->find("approvedBy");
  const Json::Array* const names = by == nullptr ? nullptr : by->array();
  if (names == nullptr) return text;
  text += ", by";
  for (const Json& name : *names) {
    if (name.string() != nullptr) text += " " + *name.string();
  }
  return text;
}

class Survey {
 public:
  Survey(const std::string& from, const std::string& until) : period_{from, until} {}

  void add(std::uint64_t index, const Entry& entry) {
    // What passed before the period explains a gate within it.
    const bool passed = entry.kind == "verdict" && entry.result == "PASSED";
    if (passed) passed_.insert(entry.sha256);
    const bool after = !period_.until.empty() && entry.at >= period_.until;
    if (after || (!period_.from.empty() && entry.at < period_.from)) return;
    ++period_.entries;
    ++period_.kinds[entry.kind];
    const auto noted = [&](std::string says) {
      return Noted{index, entry.at, entry.kind, entry.subject, std::move(says)};
    };
    if (entry.kind == "verdict") {
      ++period_.results[entry.result];
      if (!passed) period_.not_passed.push_back(noted(entry.result));
      if (std::string why = old_rules(entry); !why.empty()) {
        period_.old_rules.push_back(noted(std::move(why)));
      }
    } else if (entry.kind == "gate-decision") {
      add_gate(entry, noted(detail(entry, "reason")));
    } else if (entry.kind == "waiver") {
      period_.waivers.push_back(noted(waiver_says(entry)));
    } else if (entry.kind == "revocation") {
      period_.revocations.push_back(noted(detail(entry, "text")));
    } else if (entry.kind != "note" && entry.kind != "other") {
      period_.changes.push_back(noted("now " + entry.sha256));
    }
  }

  Period take() && { return std::move(period_); }

 private:
  void add_gate(const Entry& entry, Noted noted) {
    if (detail(entry, "text") != "ACCEPTED") {
      period_.refusals.push_back(std::move(noted));
    } else if (!passed_.contains(entry.sha256)) {
      noted.says = "sha256 " + entry.sha256;
      period_.without_verdict.push_back(std::move(noted));
    }
  }

  Period period_;
  std::set<std::string> passed_{};  ///< digests of files
};

}  // namespace

Result<Period> survey(const Folder& folder, std::uint64_t size, const std::string& from,
                      const std::string& until) {
  Survey found(from, until);
  TRY(for_each_entry(folder, 0, size,
                     [&](std::uint64_t index, const std::string& bytes) -> Result<void> {
                       found.add(index, read_entry(bytes));
                       return {};
                     }));
  return std::move(found).take();
}

}  // namespace assay::log
