// A good world around one bundle: its signature, a signed list that names it,
// a trust store that believes both, and a verdict that a gate accepts.

#pragma once

#include <string>
#include <vector>

#include "policy/policy.h"
#include "trust/test_kit.h"
#include "verdict/gate.h"

namespace assay::mutate {

struct World {
  std::string format{};     ///< "tar.gz", or "bare"
  std::string bundle{};     ///< agent-1.4.<format>
  std::string signature{};  ///< minisign's
  std::string list{};       ///< SHA256SUMS
  std::string list_signature{};
  std::string verdict{};  ///< two lines
};

/// What all worlds share.
struct Ground {
  Ground();

  test::TempFolder folder{};
  test::MiniKey vendor{'v'};
  SigningKey signer;
  TrustStore store{};
  std::string policy{};  ///< the text
  GateConfig gate{};     ///< pins the policy's digest
  /// The same, and the verdict must stand in a log.
  GateConfig gate_with_log() const;
};

/// 2026-06-01T00:00:00Z
inline constexpr Time kNow{1780272000};

/// One for each format, of one to eight KiB.
std::vector<World> make_worlds(const Ground& ground);

/// A sealed PASSED verdict over a file, by a policy of this digest.
/// by `signer`, who claims to be the ground's, if it is given.
std::string sealed(const Ground& ground, const Subject& file, const std::string& policy_sha256,
                   const Signer* signer = nullptr);

Subject subject_of(std::string name, std::string_view bytes);

}  // namespace assay::mutate
