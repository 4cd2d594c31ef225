// cms: whether a CMS or PKCS#7 message beside a file is by a pinned certificate, or one that
// a pinned one certifies, over that file. signing.md 3.5.

#include "crypto/cms.h"

#include "base/bytes.h"
#include "trust/certified.h"
#include "trust/formats.h"

namespace assay {
namespace {

constexpr std::string_view kSuffixes[] = {".p7s", ".p7", ".cms", ".sig"};

Result<Fault> take_times(SignerCase& it) {
  it.proven_times.assign(it.question.proven_times.begin(), it.question.proven_times.end());
  for (const std::string& der : it.signer().timestamps) {
    const auto token = parse_timestamp(der);
    if (!token) continue;
    Fault fault = TRY(take_time(it, *token));
    if (fault) return fault;
  }
  return Fault{};
}

Result<Fault> content_fault(const SignerCase& it, const Certificate& signer) {
  if (Fault fault = signer_fault(it.message, it.index, signer)) return fault;
  if (TRY(it.question.file.digest(*it.signer().digest)) != it.signer().message_digest) {
    return Fault{"bad-signature",
                 "the file is not what was signed, or was signed as text (openssl cms without "
                 "-binary)"};
  }
  return Fault{};
}

Result<Signature> judge(const SignatureQuestion& question, const CmsMessage& message,
                        std::size_t index) {
  SignerCase it{question, message, index};
  const Fault of_time = TRY(take_times(it));
  return judge_signer(it, of_time,
                      [&](const Certificate& signer) { return content_fault(it, signer); });
}

/// RFC 8551 section 3.5.3: mail, with what is signed in its first part.
bool is_mail(std::string_view bytes) {
  return bytes.starts_with("MIME-Version:") || bytes.starts_with("Content-Type: multipart/") ||
         bytes.starts_with("Content-Type: application/");
}

bool matches(std::string_view bytes) {
  return is_mail(bytes) || looks_like_cms(bytes, kCmsData);
}

Result<std::vector<Signature>> verify(const SignatureQuestion& question) {
  if (is_mail(question.sidecar.bytes)) {
    return undecided("unsupported-signature",
                     "it is an S/MIME message, which carries its content as mail");
  }
  const CmsMessage message = TRY(parse_cms(question.sidecar.bytes));
  if (message.content || message.content_type != kCmsData) {
    return undecided("unsupported-signature",
                     message.content ? "it carries what it signs, and is no detached signature"
                                     : "it signs something else than a file");
  }
  if (!has_plain_frame(message)) {
    return undecided("unsupported-signature",
                     "it is not all in DER (openssl cms -stream writes such), or its versions "
                     "and digests are not those of the signatures in it");
  }
  std::vector<Signature> answers;
  for (std::size_t i = 0; i < message.signers.size(); ++i) {
    answers.push_back(TRY(judge(question, message, i)));
  }
  return answers;
}

}  // namespace

extern const SignatureFormat cms_format = {
    .name = "cms", .suffixes = kSuffixes, .matches = matches, .verify = verify};

}  // namespace assay
