// Authenticode signatures, whatever kind of file carries them. signing.md 3.7, 3.8.

#pragma once

#include <string_view>
#include <vector>

#include "crypto/authenticode.h"
#include "trust/signature.h"

namespace assay {

/// The signature that question.sidecar is, then those nested in it. `type` is the kind of
/// file they must name, as SpcIndirectData has it; question.file is what the format's digest
/// is over. As SignatureFormat::verify.
Result<std::vector<Signature>> verify_authenticode(const SignatureQuestion& question,
                                                   std::string_view type);

}  // namespace assay
