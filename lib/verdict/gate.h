// gate: may this verdict be acted on, here and now, for this very file? It
// trusts its own configuration and the file it hashed; the verdict's account
// of itself it checks.

#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "crypto/key.h"
#include "model/evidence.h"

namespace assay {

/// A key whose verdicts this gate believes, and the verifier it speaks for.
struct GateKey {
  std::string name{};
  Ed25519Public public_key{};
  std::string verifier_id{};
  std::optional<Time> valid_from{}, valid_until{};
};

/// [log] of gate.toml: the log a verdict must stand in.
struct GateLogConfig {
  std::string vkey{};    ///< its key, in the form of signed notes
  std::string mirror{};  ///< folder of a copy, or empty: then no revocation is seen
  std::vector<std::string> witnesses{};  ///< keys of those who must have seen the log
  std::int64_t quorum = 0;               ///< how many of them; all, unless it says less
  std::int64_t max_witness_age = 0;      ///< seconds since then
};

/// gate.toml
struct GateConfig {
  std::vector<GateKey> keys{};          ///< never empty once loaded
  std::vector<std::string> policies{};  ///< allowed policy ids; never empty
  std::vector<std::string>
      policy_sha256{};  ///< allowed digests; empty allows any of an allowed id
  std::int64_t min_policy_serial = 0;
  std::int64_t min_rules_serial = 0;
  std::vector<std::string> trust_sha256{};  ///< allowed trust stores; empty allows any
  std::vector<std::string> levels{};        ///< demanded of verifiedLevels
  WallLevel min_sandbox = WallLevel::none;  ///< the weakest wall that is accepted; none: any
  std::vector<std::string>
      audience{};  ///< one of them must be the verdict's; empty: none demanded
  std::vector<std::string> waivers{};  ///< ids a verdict may rest on; empty: on none
  std::int64_t max_age = 0;            ///< seconds since timeVerified; always set once loaded
  std::string resource{};              ///< demanded resourceUri; empty: not demanded
  std::optional<GateLogConfig> log{};
};

/// Strict; every fault is a config Error with line and caret. Relative key
/// files are relative to the folder of `source`.
Result<GateConfig> load_gate_config(std::string text, const std::string& source);

/// What a log says of a verdict. The gate asks; who can read logs answers.
class GateLog {
 public:
  virtual ~GateLog() = default;
  /// The verdict line stands in the log, and the log grew from what this gate saw of it
  /// before; a line that says so. Fails with a code "log-...".
  virtual Result<std::string> admit(std::string_view verdict) = 0;
  /// Enough witnesses saw the log lately; a line that says so. Fails with a code "log-...".
  virtual Result<std::string> witnessed(const GateLogConfig& demanded, Time now) = 0;
  /// Why one of these digests must not be used any more; empty if none was revoked.
  virtual Result<std::string> revoked(std::span<const std::string> sha256s) = 0;
  /// A gate accepted a verdict with this nonce before.
  virtual Result<bool> used(const std::string& nonce) = 0;
};

struct GateRequest {
  std::string_view verdict_file{};  ///< the bytes of BUNDLE.verdict.jsonl
  Subject artifact{};               ///< as the gate itself hashed it
  std::string resource{};           ///< --resource, or empty
  std::string nonce{};              ///< --nonce, or empty
  Time now{};
  GateLog* log = nullptr;  ///< none: refused where the configuration demands one
};

/// What the gate answers, one line of it for each step it took.
struct GateDecision {
  bool accepted = false;
  std::string reason{};  ///< reason id of the refusal, empty when accepted
  std::string detail{};
  std::string hint{};
  /// 0 accepted; 1 the verdict is not PASSED; 4 it cannot be used; 5 the log is not what it was
  int exit_code = 4;
  std::vector<std::string> steps{};  ///< what held, in order, for -v
};

/// Walks the steps of verdict.md 4.7 and stops at the first
/// that does not hold. A default-constructed config or request is refused.
GateDecision decide(const GateConfig& config, const GateRequest& request);

}  // namespace assay
