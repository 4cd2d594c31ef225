// The gate's steps, verdict.md 4.7. Each looks at one thing;
// the first that does not hold ends the walk.

#include "verdict/gate.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/bytes.h"
#include "base/serial.h"
#include "crypto/digest.h"
#include "model/reason.h"
#include "verdict/dsse.h"
#include "verdict/statement.h"
#include "verdict/summary.h"

namespace assay {
namespace {

constexpr std::int64_t kClockSkew = 300;  // seconds

/// What one step says: why it refuses, or what held.
struct Step {
  std::string refusal{};  ///< reason id, or empty
  std::string text{};
};
Step held(std::string text) {
  return {.text = std::move(text)};
}
Step refuse(std::string reason, std::string text) {
  return {.refusal = std::move(reason), .text = std::move(text)};
}
Step refuse(const Error& error) {
  return refuse(error.code, error.what);
}

/// The verdict file, opened as far as the steps have come.
struct Case {
  const GateConfig& config;
  const GateRequest& request;
  std::string_view evidence{}, verdict{};  ///< the two lines
  const GateKey* key = nullptr;
  std::string payload{};  ///< of the verdict; signed by `key`
  Summary summary{};      ///< of the payload
};

bool contains(const std::vector<std::string>& list, const std::string& value) {
  return std::ranges::find(list, value) != list.end();
}

std::string in_quotes(const std::string& text) {
  return "'" + printable(text) + "'";
}

/// Two lines, each with its newline: the evidence, then the verdict.
Step take_lines(Case& c) {
  const std::string_view file = c.request.verdict_file;
  const std::size_t end = file.find('\n');
  if (end == file.npos || end == 0 || file.find('\n', end + 1) != file.size() - 1 ||
      end + 2 >= file.size()) {
    return refuse("envelope-malformed", "a verdict file has two lines");
  }
  c.evidence = file.substr(0, end);
  c.verdict = file.substr(end + 1, file.size() - end - 2);
  return held("the file has an evidence line and a verdict line");
}

Step find_key(Case& c) {
  for (const GateKey& key : c.config.keys) {
    Result<std::string> payload =
        dsse_open_exact(c.verdict, kInTotoPayloadType, key.public_key, kMaxVsaBytes);
    if (payload) {
      c.key = &key;
      c.payload = std::move(*payload);
      return held("signed by key " + in_quotes(key.name));
    }
    if (payload.error().code != "envelope-signature") return refuse(payload.error());
  }
  return refuse("envelope-signature",
                fmt::format("none of {} pinned keys signed it", c.config.keys.size()));
}

Step check_window(Case& c) {
  const Time now = c.request.now;
  if (c.key->valid_from && now < *c.key->valid_from) {
    return refuse("verdict-key-window",
                  fmt::format("key {} is not valid before {}", in_quotes(c.key->name),
                              to_rfc3339(*c.key->valid_from)));
  }
  if (c.key->valid_until && now >= *c.key->valid_until) {
    return refuse("verdict-key-window",
                  fmt::format("key {} was valid until {}", in_quotes(c.key->name),
                              to_rfc3339(*c.key->valid_until)));
  }
  return held("the key is in its window");
}

Step read_statement(Case& c) {
  Result<Summary> summary = read_summary(c.payload);
  if (!summary) return refuse(summary.error());
  c.summary = std::move(*summary);
  return held("the statement has every field, and no other");
}

/// The evidence is the one the verdict was made from, by the same hand.
Step check_evidence(Case& c) {
  if (sha256_hex(as_bytes(c.evidence)) != c.summary.evidence_sha256) {
    return refuse("envelope-malformed", "the first line is not the evidence the verdict names");
  }
  const Result<std::string> payload =
      dsse_open_exact(c.evidence, kInTotoPayloadType, c.key->public_key, kMaxEvidenceBytes);
  if (!payload) return refuse(payload.error());
  return held("the evidence is the one it names, by the same key");
}

Step check_file(Case& c) {
  const Subject& artifact = c.request.artifact;
  if (artifact.sha256 != c.summary.sha256 || artifact.sha512 != c.summary.sha512) {
    return refuse("verdict-other-file", "it speaks of sha256 " + c.summary.sha256);
  }
  return held("it is for this very file");
}

Step check_verifier(Case& c) {
  if (c.summary.verifier_id != c.key->verifier_id) {
    return refuse("verdict-verifier",
                  fmt::format("it names {}, the key stands for {}",
                              in_quotes(c.summary.verifier_id), in_quotes(c.key->verifier_id)));
  }
  return held("verifier " + in_quotes(c.summary.verifier_id));
}

Step check_resource(Case& c) {
  for (const std::string& demanded : {c.config.resource, c.request.resource}) {
    if (!demanded.empty() && demanded != c.summary.resource_uri) {
      return refuse("verdict-resource",
                    fmt::format("it is for {}, demanded is {}", in_quotes(c.summary.resource_uri),
                                in_quotes(demanded)));
    }
  }
  return held("resource " + in_quotes(c.summary.resource_uri));
}

Step check_result(Case& c) {
  if (!c.summary.passed) {
    return refuse("verdict-not-passed", "the verdict gives " + in_quotes(c.summary.reason));
  }
  return held("the verdict is PASSED");
}

/// The n of "ASSAY_SIGNED_n", or 0.
std::int64_t signers(std::string_view level) {
  constexpr std::string_view kPrefix = "ASSAY_SIGNED_";
  if (!level.starts_with(kPrefix)) return 0;
  level.remove_prefix(kPrefix.size());
  std::int64_t count = 0;
  const char* end = level.data() + level.size();
  const auto parsed = std::from_chars(level.data(), end, count);
  return parsed.ec == std::errc() && parsed.ptr == end ? count : 0;
}

Step check_levels(Case& c) {
  for (const std::string& demanded : c.config.levels) {
    const auto serves = [&demanded](const std::string& level) {
      const std::int64_t least = signers(demanded);
      return level == demanded || (least > 0 && signers(level) >= least);
    };
    if (!std::ranges::any_of(c.summary.levels, serves)) {
      return refuse("verdict-level", "it lacks " + in_quotes(demanded));
    }
  }
  return held(fmt::format("it has every demanded level ({})", c.config.levels.size()));
}

Step check_sandbox(Case& c) {
  const WallLevel least = c.config.min_sandbox;
  if (least == WallLevel::none) return held({});
  for (WallLevel level : {WallLevel::rlimits, WallLevel::landlock, WallLevel::seccomp,
                          WallLevel::seccomp_landlock}) {
    if (level < least || !contains(c.summary.levels, sandbox_level(level))) continue;
    return held(fmt::format("the bundle was read behind '{}'", to_string(level)));
  }
  return refuse("verdict-sandbox",
                fmt::format("the bundle was not read behind '{}' or more", to_string(least)));
}

Step check_policy(Case& c) {
  const Summary& s = c.summary;
  if (!contains(c.config.policies, s.policy_id)) {
    return refuse("verdict-policy", in_quotes(s.policy_id) + " is not among the accepted ones");
  }
  if (!c.config.policy_sha256.empty() && !contains(c.config.policy_sha256, s.policy_sha256)) {
    return refuse("verdict-policy", "its digest " + s.policy_sha256 + " is not accepted");
  }
  if (s.policy_serial < c.config.min_policy_serial) {
    return refuse("verdict-policy", fmt::format("its serial is {}, {} is demanded",
                                                s.policy_serial, c.config.min_policy_serial));
  }
  return held(fmt::format("policy {} serial {}", in_quotes(s.policy_id), s.policy_serial));
}

Step check_rules(Case& c) {
  const std::int64_t serial = c.summary.rules_serial;
  if (comparable_serial(serial) < comparable_serial(c.config.min_rules_serial)) {
    return refuse("verdict-rules", fmt::format("their serial is {}, {} is demanded", serial,
                                               c.config.min_rules_serial));
  }
  return held(fmt::format("rules serial {}", serial));
}

Step check_trust(Case& c) {
  if (!c.config.trust_sha256.empty() &&
      !contains(c.config.trust_sha256, c.summary.trust_sha256)) {
    return refuse("verdict-trust",
                  "its digest " + in_quotes(c.summary.trust_sha256) + " is not accepted");
  }
  return held("trust store " + in_quotes(c.summary.trust_sha256));
}

Step check_freshness(Case& c) {
  const std::int64_t now = c.request.now.seconds;
  const Time made = c.summary.time_verified;
  if (made.seconds > now + kClockSkew) {
    return refuse("verdict-from-future", "it was made at " + to_rfc3339(made));
  }
  if (now > c.summary.not_after.seconds) {
    return refuse("verdict-expired", "it was good until " + to_rfc3339(c.summary.not_after));
  }
  if (c.config.max_age <= 0 || now - made.seconds > c.config.max_age) {
    return refuse("verdict-too-old", "it was made at " + to_rfc3339(made));
  }
  return held("made at " + to_rfc3339(made) + ", good until " +
              to_rfc3339(c.summary.not_after));
}

Step check_audience(Case& c) {
  const auto is_ours = [&c](const std::string& name) {
    return contains(c.config.audience, name);
  };
  if (!c.config.audience.empty() && !std::ranges::any_of(c.summary.audience, is_ours)) {
    return refuse("verdict-audience", "it is for none of this gate's audience");
  }
  return held("the audience is right");
}

Step check_nonce(Case& c) {
  if (!c.request.nonce.empty() && c.summary.nonce != c.request.nonce) {
    return refuse("verdict-nonce", c.summary.nonce.empty()
                                       ? "it carries none"
                                       : "it carries " + in_quotes(c.summary.nonce));
  }
  return held("the nonce is right");
}

Step check_waivers(Case& c) {
  for (const std::string& id : c.summary.waivers) {
    if (!contains(c.config.waivers, id)) {
      return refuse("verdict-waiver", "it rests on " + in_quotes(id));
    }
  }
  // None has run out: the verdict is good no longer than its waivers.
  return held(c.summary.waivers.empty() ? "it rests on no waiver"
                                        : "every waiver it rests on is allowed here");
}

/// A log that cannot be read is one that is not there.
Step refuse_by_log(const Error& error) {
  return refuse(error.code.empty() ? "log-missing" : error.code, error.what);
}

/// Nothing is said where no log is demanded.
Step check_logged(Case& c) {
  if (!c.config.log) return held({});
  if (c.request.log == nullptr) return refuse("log-missing", "no proof was given");
  Result<std::string> admitted = c.request.log->admit(c.verdict);
  if (admitted) return held(std::move(*admitted));
  return refuse_by_log(admitted.error());
}

Step check_witnessed(Case& c) {
  if (!c.config.log || c.config.log->witnesses.empty()) return held({});
  Result<std::string> seen = c.request.log->witnessed(*c.config.log, c.request.now);
  if (seen) return held(std::move(*seen));
  return refuse_by_log(seen.error());
}

Step check_revoked(Case& c) {
  if (!c.config.log) return held({});
  const Summary& s = c.summary;
  const std::string all[] = {sha256_hex(as_bytes(c.verdict)),
                             s.sha256,
                             s.evidence_sha256,
                             key_id(c.key->public_key),
                             s.rules_sha256,
                             s.policy_sha256,
                             s.trust_sha256,
                             s.tool_sha256};
  const Result<std::string> why = c.request.log->revoked(all);
  if (!why) return refuse_by_log(why.error());
  if (!why->empty()) return refuse("verdict-revoked", *why);
  return held("nothing it rests on was revoked");
}

Step check_used(Case& c) {
  if (!c.config.log || c.summary.nonce.empty()) return held({});
  const Result<bool> used = c.request.log->used(c.summary.nonce);
  if (!used) return refuse_by_log(used.error());
  if (*used) return refuse("verdict-nonce-used", "its nonce opened a gate before");
  return held("its nonce opened no gate before");
}

constexpr Step (*kSteps[])(Case&) = {
    take_lines,     find_key,       check_window,   read_statement, check_evidence,
    check_file,     check_verifier, check_resource, check_result,   check_levels,
    check_sandbox,  check_policy,   check_rules,    check_trust,    check_freshness,
    check_audience, check_nonce,    check_waivers,  check_logged,   check_witnessed,
    check_revoked,  check_used};

void refuse(GateDecision& decision, Step step) {
  const Reason* reason = find_reason(step.refusal);
  if (reason != nullptr) decision.hint = reason->remedy;
  if (step.refusal == "verdict-not-passed") decision.exit_code = 1;
  for (const std::string_view broken :
       {"log-damaged", "log-forked", "log-rewritten", "log-rolled-back", "log-truncated"}) {
    if (step.refusal == broken) decision.exit_code = 5;
  }
  decision.reason = std::move(step.refusal);
  decision.detail = std::move(step.text);
}

}  // namespace

GateDecision decide(const GateConfig& config, const GateRequest& request) {
  GateDecision decision;
  Case c{.config = config, .request = request};
  for (const auto step : kSteps) {
    Step said = step(c);
    if (!said.refusal.empty()) {
      refuse(decision, std::move(said));
      return decision;
    }
    if (!said.text.empty()) decision.steps.push_back(std::move(said.text));
  }
  decision.accepted = true;
  decision.exit_code = 0;
  return decision;
}

}  // namespace assay
