// signify: whose signature over a message in memory is. What the formats that carry one
// share.

#pragma once

#include "trust/minisign.h"
#include "trust/signature.h"

namespace assay {

/// The key among those of the claimed number that made the signature; if none did, the first
/// of them. The message is the signature's own; the answer has it as its `content`. Fails as
/// malformed where it is a minisign signature cut short.
Result<Signature> judge_signify_message(const SignifySignature& signature,
                                        const SignatureQuestion& question);

}  // namespace assay
