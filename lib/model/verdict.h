// Verdict: the policy's answer to the evidence, with every answer it is made of.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/time.h"
#include "model/evidence.h"
#include "model/policy.h"

namespace assay {

/// The zero value refuses.
enum class Outcome { indeterminate, failed, passed };

/// One requirement's answer; `undecided` is the zero value.
struct Answer {
  enum class State { undecided, unmet, met };
  std::string requirement{};  ///< "trusted-signature"
  State state = State::undecided;
  std::string reason{};  ///< reason id when not met
  std::string detail{};  ///< one line for the reader; printable
  std::string hint{};    ///< what to do, or empty
};

struct Verdict {
  Outcome outcome = Outcome::indeterminate;
  std::vector<Answer> answers{};
  std::vector<WaiverUse> waivers{};  ///< those at hand, used or not
};

/// Who judged, with what: bound into the signed statements.
struct ToolInfo {
  std::string version{};
  std::string sha256{};  ///< of the running program
  std::string
      verifier_id{};  ///< TypeURI of this verifier, from the key: "urn:assay:verifier:<key id>"
};

/// ReadBack: what became of the signature when a saved verdict was read again.
struct ReadBack {
  bool verified = false;  ///< a pinned key signed evidence and verdict, and they agree
  std::string key{};      ///< its name where it is pinned, or empty
  Outcome claimed = Outcome::indeterminate;  ///< what the file says, whoever wrote it
};

/// Where the log stood once the verdict was in it.
struct LogStanding {
  std::string origin{};
  std::uint64_t size = 0;  ///< entries
  Time at{};               ///< when its checkpoint was published
  struct Witness {
    std::string name{};
    Time at{};  ///< when it last saw the log
  };
  std::vector<Witness> witnesses{};
};

/// Report: everything one run has to say about one bundle.
struct Report {
  Evidence evidence{};
  Policy policy{};
  Verdict verdict{};
  ToolInfo tool{};
  Time effective_time{};                  ///< the one time that decided every expiry
  Json core{};                            ///< the evidence statement's deterministic part
  std::string core_sha256{};              ///< of the core's canonical text
  std::string verdict_file{};             ///< where the signed verdict went, or empty
  std::string log_entry{};                ///< "entry 7 of logs.example.org/verdicts", or empty
  std::optional<LogStanding> log{};       ///< none: it was not logged by this run
  std::string key_id{};                   ///< of the key that signed it, or empty
  std::vector<std::string> new_voices{};  ///< keys that speak here for the first time: lines
  std::optional<ReadBack> read_back{};    ///< none: this very run judged
};

std::optional<Outcome> outcome_from(std::string_view text);
std::optional<Answer::State> answer_state_from(std::string_view text);
std::string_view to_string(Outcome outcome);      ///< PASSED FAILED INDETERMINATE
std::string_view to_string(Answer::State state);  ///< met unmet undecided

}  // namespace assay
