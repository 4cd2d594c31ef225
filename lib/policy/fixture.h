// What the tests of this room judge: evidence of a good bundle, a policy it
// passes, and the requirements as the registry lists them.

#pragma once

#include <array>
#include <span>

#include "policy/policy.h"

namespace assay {

extern const Requirement one_vendor_requirement, trusted_signature_requirement,
    vendor_terms_requirement, no_bad_signature_requirement, signed_list_requirement,
    fully_examined_requirement, well_formed_requirement, clean_content_requirement,
    current_rules_requirement;

inline std::span<const Requirement* const> all_requirements() {
  static constexpr std::array<const Requirement*, 9> kAll = {
      &one_vendor_requirement,   &trusted_signature_requirement,
      &vendor_terms_requirement, &no_bad_signature_requirement,
      &signed_list_requirement,  &fully_examined_requirement,
      &well_formed_requirement,  &clean_content_requirement,
      &current_rules_requirement};
  return kAll;
}

/// 2026-06-01T00:00:00Z
inline constexpr Time kNow{1780272000};

inline SignatureRecord good_signature() {
  return {.source = "agent-1.4.tar.gz.minisig",
          .format = "minisign",
          .subject = "agent-1.4.tar.gz",
          .verified = true,
          .vendor = "acme",
          .key = "acme-2026",
          .key_id = "E7620F1842B4E81F"};
}

inline SignatureRecord good_list() {
  SignatureRecord record = good_signature();
  record.source = "SHA256SUMS";
  record.format = "checksums";
  record.is_list = true;
  return record;
}

inline Evidence good_evidence() {
  Evidence evidence;
  evidence.bundle = {.name = "agent-1.4.tar.gz",
                     .size = 1234,
                     .sha256 = std::string(64, 'a'),
                     .sha512 = std::string(128, 'b')};
  evidence.format = "tar.gz";
  evidence.members = {{.path = "bin", .kind = MemberKind::directory},
                      {.path = "bin/agent",
                       .kind = MemberKind::file,
                       .type = "elf",
                       .size = 99,
                       .sha256 = std::string(64, 'c'),
                       .scanned = true}};
  evidence.sandbox = "seccomp+landlock7";
  evidence.coverage = {.members = 2,
                       .scanned = 1,
                       .bytes = 99,
                       .depth = 2,
                       .complete = true,
                       .ledger = {.member = 1200, .metadata = 34}};
  evidence.rules = {.serial = 20260530, .sha256 = std::string(64, 'd'), .loaded = 40};
  evidence.vendor = {.vendors = {"acme"}, .product = "acme"};
  evidence.signatures = {good_signature()};
  evidence.trust_sha256 = std::string(64, 'e');
  return evidence;
}

inline Policy good_policy() {
  return {.id = "urn:assay:policy:test",
          .serial = 1,
          .require = {"one-vendor", "trusted-signature"},
          .fail_at = Severity::medium,
          .valid_for = 86400};
}

}  // namespace assay
