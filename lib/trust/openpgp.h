// OpenPGP pins: a published certificate as the store holds it, and what its
// signatures prove. signing.md 3.4.

#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "trust/openpgp_packets.h"
#include "trust/signature.h"

namespace assay {

/// A certificate as TrustedKey::material holds it.
struct OpenPgpPin {
  /// Of its keys in their order, the primary key's first: 40 hex digits, upper case; empty
  /// for one that librnp cannot read.
  std::vector<std::string> fingerprints{};
  std::string packets{};
};
std::string openpgp_material(const OpenPgpPin& pin);
OpenPgpPin openpgp_pin_of(std::string_view material);

/// What signatures are over: the bytes of a file, or lines of text in a cleartext frame.
struct OpenPgpSigned {
  const SignedFile* file = nullptr;           ///< null for a cleartext
  std::span<const std::string_view> lines{};  ///< as they stand in the frame
  std::string_view text{};                    ///< what they mean, as we read them
};

/// One answer for each of `signatures`, by the openpgp keys among the question's. Fails
/// only if the file cannot be read.
Result<std::vector<Signature>> judge_openpgp(const SignatureQuestion& question,
                                             std::span<const OpenPgpSignature> signatures,
                                             const OpenPgpSigned& what);

}  // namespace assay
