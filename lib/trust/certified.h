// What signers of CMS and PKCS#7 messages are asked, whatever they signed: by which pin of the
// store they count, and when.

#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "crypto/cms.h"
#include "crypto/timestamp.h"
#include "trust/signature.h"

namespace assay {

/// One signature of a message, and what it is judged with.
struct SignerCase {
  const SignatureQuestion& question;
  const CmsMessage& message;
  std::size_t index = 0;
  std::vector<Time> proven_times{};  ///< by pinned authorities, over this signature

  const CmsSigner& signer() const { return message.signers.at(index); }
};

/// The certificate of its signer, carried along or pinned; nothing if it is neither.
std::optional<Certificate> signer_certificate(const SignerCase& it);

/// Takes the time that `token` gives the signature. What a pinned authority gave another one
/// is a fault; what a stranger gave is nothing.
Result<Fault> take_time(SignerCase& it, const Timestamp& token);

/// What is demanded beyond the signer's place: whether its words fit what it is said to sign.
using ContentFault = std::function<Result<Fault>(const Certificate& signer)>;

/// What a signature says: the pin it answers to, and the first fault of its content, its times
/// and its certificates, in this order. `of_time` is what `take_time` found.
/// `chain`, if given, becomes the digests of the certificates that the answer rests on.
Result<Signature> judge_signer(const SignerCase& it, const Fault& of_time,
                               const ContentFault& content_fault,
                               std::vector<std::string>* chain = nullptr);

}  // namespace assay
