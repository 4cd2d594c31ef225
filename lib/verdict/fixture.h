// What the tests of this room seal and gate: the report of a good bundle, and
// a gate that accepts its verdict.

#pragma once

#include "verdict/gate.h"
#include "verdict/statement.h"

namespace assay {

/// 2026-06-01T00:00:00Z
inline constexpr Time kNow{1780272000};
inline constexpr std::int64_t kDay = 86'400;

inline Report good_report() {
  Report report;
  Evidence& e = report.evidence;
  e.bundle = {.name = "agent-1.4.tar.gz",
              .size = 1234,
              .sha256 = std::string(64, 'a'),
              .sha512 = std::string(128, 'b')};
  e.format = "tar.gz";
  e.contents_sha256 = std::string(64, 'f');
  e.members = {{.path = "bin", .kind = MemberKind::directory, .mode = 0755},
               {.path = "bin/agent",
                .kind = MemberKind::file,
                .type = "elf",
                .size = 99,
                .mode = 0755,
                .sha256 = std::string(64, 'c'),
                .scanned = true}};
  e.findings = {{.rule = "DUAL001", .severity = Severity::low, .member = "bin/agent"},
                {.rule = "DUAL001", .severity = Severity::info, .member = "bin", .offset = 7}};
  e.problems = {make_problem("list-unsigned", "", "x"), make_problem("other-vendor", "y", "z")};
  e.sandbox = "seccomp+landlock7";
  e.coverage = {.members = 2,
                .scanned = 1,
                .bytes = 99,
                .depth = 2,
                .complete = true,
                .ledger = {.member = 1200, .metadata = 34}};
  e.rules = {.serial = 20260530, .sha256 = std::string(64, 'd'), .loaded = 40};
  e.vendor = {.vendors = {"acme"}, .product = "acme"};
  e.signatures = {{.source = "agent-1.4.tar.gz.minisig",
                   .format = "minisign",
                   .subject = "agent-1.4.tar.gz",
                   .verified = true,
                   .vendor = "acme",
                   .key = "acme-2026",
                   .key_id = "E7620F1842B4E81F"},
                  {.source = "x.minisig", .format = "minisign", .reason = "unknown-key"}};
  e.trust_sha256 = std::string(64, 'e');
  report.policy.id = "urn:assay:policy:test";
  report.policy.serial = 3;
  report.policy.sha256 = std::string(64, '1');
  report.verdict.outcome = Outcome::passed;
  for (const std::string name :
       {"one-vendor", "trusted-signature", "no-bad-signature", "fully-examined", "well-formed",
        "clean-content", "current-rules"}) {
    report.verdict.answers.push_back({.requirement = name, .state = Answer::State::met});
  }
  report.tool = {.version = "0.1.0",
                 .sha256 = std::string(64, '2'),
                 .verifier_id = "urn:assay:verifier:test"};
  report.effective_time = kNow;
  return report;
}

/// The same bundle with one requirement not met.
inline Report bad_report(Answer::State state = Answer::State::unmet,
                         const std::string& reason = "finding") {
  Report report = good_report();
  report.verdict.answers.back().state = state;
  report.verdict.answers.back().reason = reason;
  report.verdict.outcome =
      state == Answer::State::unmet ? Outcome::failed : Outcome::indeterminate;
  return report;
}

inline RunInfo good_run() {
  return {.started = kNow,
          .finished = {kNow.seconds + 2},
          .resource_uri = "pkg:generic/acme/agent@1.4",
          .audience = {"prod", "stage"},
          .not_after = {kNow.seconds + 7 * kDay},
          .nonce = "n-1"};
}

inline GateConfig good_gate(const Signer& signer) {
  GateConfig config;
  config.keys = {{.name = "ci",
                  .public_key = signer.public_key(),
                  .verifier_id = "urn:assay:verifier:test"}};
  config.policies = {"urn:assay:policy:test"};
  config.max_age = 7 * kDay;
  return config;
}

inline GateRequest good_request(std::string_view verdict_file) {
  return {.verdict_file = verdict_file,
          .artifact = good_report().evidence.bundle,
          .now = {kNow.seconds + 60}};
}

}  // namespace assay
