// cms: whether a CMS or PKCS#7 message beside a file is by a pinned certificate, or one that
// a pinned one certifies, over that file. signing.md 3.5.

#include "crypto/cms.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.h"
#include "trust/formats.h"
#include "trust/store.h"
#include "trust/timestamp.h"
#include "trust/x509.h"

namespace assay {
namespace {

constexpr std::string_view kSuffixes[] = {".p7s", ".p7", ".cms", ".sig"};

/// One signature of a message, and what it is judged with.
struct Case {
  const SignatureQuestion& question;
  const CmsMessage& message;
  std::size_t index = 0;
  std::vector<Time> proven_times{};

  const CmsSigner& signer() const { return message.signers.at(index); }
};

Certificate certificate_of(const TrustedKey& key) {
  return parse_certificate(key.material).take();  // it was read when the store was loaded
}

/// Those among `certificates` that the signer may mean.
std::vector<Certificate> named(const Case& it, std::span<const Certificate> certificates) {
  std::vector<Certificate> found;
  for (const Certificate& one : certificates) {
    if (names(it.message, it.index, one)) found.push_back(one);
  }
  return found;
}

/// A message may leave out a certificate that is pinned.
std::optional<Certificate> signer_certificate(const Case& it) {
  std::vector<Certificate> pinned;
  for (const TrustedKey* key : keys_of(it.question, "x509-leaf")) {
    pinned.push_back(certificate_of(*key));
  }
  pinned = named(it, pinned);
  std::vector<Certificate> carried = named(it, it.message.certificates);
  if (carried.empty() && pinned.empty()) return std::nullopt;
  if (carried.empty()) return pinned.front();
  for (Certificate& one : carried) {
    if (std::ranges::find(pinned, one.sha256, &Certificate::sha256) != pinned.end()) return one;
  }
  return carried.front();
}

// --- What a pin demands --------------------------------------------------------

bool lists(std::span<const std::string> words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

Fault bad_usage(const Certificate& certificate, std::string_view why) {
  return {"certificate-usage",
          fmt::format("certificate '{}' {}", printable(certificate.subject), why)};
}

/// `unlimited`: whether a certificate without extended key usages will do.
Fault missing_usage(const TrustedKey& key, const Certificate& certificate, bool unlimited) {
  if (lists(key.usages, kAnyUsage) || (certificate.usages.empty() && unlimited)) return {};
  for (const std::string& usage : key.usages) {
    if (lists(certificate.usages, usage)) continue;
    return bad_usage(certificate, fmt::format("is not made for {}",
                                              usage == kCodeSigning ? "code signing" : usage));
  }
  return {};
}

/// A pinned certificate is its own excuse for saying nothing; one that an authority made must
/// say what it is for, and so must every authority between that limits itself.
Fault usage_fault(const TrustedKey& key, std::span<const Certificate> chain) {
  const bool pinned_itself = chain.size() == 1;
  const Certificate& signer = chain.front();
  if (signer.is_ca && key.format == "x509-anchor") {
    return bad_usage(signer, "is an authority's, which certifies and signs no files");
  }
  if (!signer.may_sign) return bad_usage(signer, "may not sign, by its key usage");
  if (Fault fault = missing_usage(key, signer, pinned_itself)) return fault;
  for (std::size_t i = 1; i + 1 < chain.size(); ++i) {
    if (lists(chain[i].usages, kAnyUsage)) continue;
    if (Fault fault = missing_usage(key, chain[i], true)) return fault;
  }
  return {};
}

Fault revocation_fault(const Case& it, const TrustedKey& key,
                       std::span<const Certificate> chain) {
  std::vector<std::string> lists;
  for (const TrustAnchor& file : it.question.store.revocation_lists()) {
    auto list = parse_revocation_list(file.bytes);
    if (list && file.vendor == key.vendor) lists.push_back(std::move(*list));
  }
  return find_revocation(chain, lists, key.crl_required, it.question.now);
}

/// What one pin makes of the signer: nothing if it is not its business.
struct Claim {
  const TrustedKey* key = nullptr;  ///< null: another signer of the same authority
  Fault fault{"not-judged", ""};
};

/// At every proven time, or now if none is proven.
std::optional<Claim> claim_of(const Case& it, const TrustedKey& key,
                              const Certificate& signer) {
  const bool leaf = key.format == "x509-leaf";
  const Certificate pinned = certificate_of(key);
  if (leaf && pinned.sha256 != signer.sha256) return std::nullopt;
  std::vector<Time> times = it.proven_times;
  if (times.empty()) times.push_back(it.question.now);
  Claim claim{.key = &key, .fault = {}};
  for (const Time at : times) {
    const Chain chain =
        build_chain({.leaf = signer,
                     .carried = leaf ? std::span<const Certificate>() : it.message.certificates,
                     .anchors = {&pinned, 1},
                     .at = at});
    if (chain.certificates.empty()) return std::nullopt;
    if (!leaf && !key.subject.empty() && signer.subject != key.subject) {
      return Claim{nullptr,
                   {"certificate-subject",
                    fmt::format("signed by '{}', and '{}' is pinned for signatures by '{}'",
                                printable(signer.subject), printable(key.name),
                                printable(key.subject))}};
    }
    if (!claim.fault) claim.fault = usage_fault(key, chain.certificates);
    if (!claim.fault) claim.fault = revocation_fault(it, key, chain.certificates);
    if (!claim.fault) claim.fault = chain.fault;
  }
  return claim;
}

/// A pinned certificate speaks before the authority that made it, whatever it says: so one of
/// an authority's certificates can be revoked. Of several authorities the one that holds.
std::optional<Claim> best_claim(const Case& it, const Certificate& signer) {
  std::optional<Claim> best;
  for (const std::string_view format : {"x509-leaf", "x509-anchor"}) {
    for (const TrustedKey* key : keys_of(it.question, format)) {
      auto claim = claim_of(it, *key, signer);
      if (!claim) continue;
      if (format == "x509-leaf" || (claim->key != nullptr && !claim->fault)) return claim;
      if (!best || (best->key == nullptr && claim->key != nullptr)) best = claim;
    }
  }
  return best;
}

// --- One signature -------------------------------------------------------------

/// Takes the times that pinned authorities give the signature. What they gave another one is
/// a fault; what a stranger gave is nothing.
Result<Fault> take_times(Case& it) {
  it.proven_times.assign(it.question.proven_times.begin(), it.question.proven_times.end());
  for (const std::string& der : it.signer().timestamps) {
    const auto token = parse_timestamp(der);
    if (!token) continue;
    Fault fault =
        TRY(time_fault(*token, it.question.store, it.question.now,
                       [&](HashAlgorithm algorithm) -> Result<std::vector<std::byte>> {
                         return digest(algorithm, as_bytes(it.signer().signature));
                       }));
    if (fault.reason == "timestamp-untrusted") continue;
    if (fault) {
      fault.detail = "its time-stamp: " + fault.detail;
      return fault;
    }
    it.proven_times.push_back(token->time);
  }
  return Fault{};
}

Result<Fault> content_fault(const Case& it, const Certificate& signer) {
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
  Case it{question, message, index};
  Signature answer{.key_id = it.signer().names, .algorithm = it.signer().algorithm};
  const auto signer = signer_certificate(it);
  if (!signer) {
    refuse(answer, "unknown-key",
           fmt::format("the certificate ({}) is neither pinned nor carried", answer.key_id));
    return answer;
  }
  answer.key_id = short_id(*signer);
  Fault of_time = TRY(take_times(it));
  const auto claim = best_claim(it, *signer);
  if (!claim || claim->key == nullptr) {
    refuse(answer, claim ? claim->fault.reason : "unknown-key",
           claim ? claim->fault.detail
                 : fmt::format("certificate '{}' ({}) leads to none that is pinned",
                               printable(signer->subject), answer.key_id));
    return answer;
  }
  answer.key = claim->key;
  Fault fault = TRY(content_fault(it, *signer));
  if (!fault) fault = std::move(of_time);
  if (!fault) fault = claim->fault;
  refuse(answer, fault.reason, fault.detail);
  if (fault) return answer;
  answer.covered = whole_of(question.file);
  answer.claimed_time = it.signer().signing_time;
  // Those over the whole sidecar are added where they were found.
  answer.proven_times.assign(
      it.proven_times.begin() + static_cast<std::ptrdiff_t>(question.proven_times.size()),
      it.proven_times.end());
  return answer;
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
