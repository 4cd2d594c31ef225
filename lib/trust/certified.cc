#include "trust/certified.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.h"
#include "trust/store.h"
#include "trust/timestamp.h"
#include "trust/x509.h"

namespace assay {
namespace {

/// Microsoft's lifetimeSigning: no time-stamp lets the signature outlive its certificate.
constexpr std::string_view kLifetimeSigning = "1.3.6.1.4.1.311.10.3.13";

Certificate certificate_of(const TrustedKey& key) {
  return parse_certificate(key.material).take();  // it was read when the store was loaded
}

/// Those among `certificates` that the signer may mean.
std::vector<Certificate> named(const SignerCase& it,
                               std::span<const Certificate> certificates) {
  std::vector<Certificate> found;
  for (const Certificate& one : certificates) {
    if (names(it.message, it.index, one)) found.push_back(one);
  }
  return found;
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

Fault revocation_fault(const SignerCase& it, const TrustedKey& key,
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
  std::vector<std::string> chain{};  ///< digests of its certificates
};

/// At every proven time, or now if none is proven.
std::optional<Claim> claim_of(const SignerCase& it, const TrustedKey& key,
                              const Certificate& signer) {
  const bool leaf = key.format == "x509-leaf";
  const Certificate pinned = certificate_of(key);
  if (leaf && pinned.sha256 != signer.sha256) return std::nullopt;
  std::vector<Time> times = it.proven_times;
  if (times.empty() || lists(signer.usages, kLifetimeSigning)) times = {it.question.now};
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
    for (const Certificate& one : chain.certificates) claim.chain.push_back(one.sha256);
    if (!claim.fault) claim.fault = usage_fault(key, chain.certificates);
    if (!claim.fault) claim.fault = revocation_fault(it, key, chain.certificates);
    if (!claim.fault) claim.fault = chain.fault;
  }
  return claim;
}

/// A pinned certificate speaks before the authority that made it, whatever it says: so one of
/// an authority's certificates can be revoked. Of several authorities the one that holds.
std::optional<Claim> best_claim(const SignerCase& it, const Certificate& signer) {
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

}  // namespace

/// A message may leave out a certificate that is pinned.
std::optional<Certificate> signer_certificate(const SignerCase& it) {
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

Result<Fault> take_time(SignerCase& it, const Timestamp& token) {
  Fault fault = TRY(time_fault(token, it.question.store, it.question.now,
                               [&](HashAlgorithm algorithm) -> Result<std::vector<std::byte>> {
                                 return digest(algorithm, as_bytes(it.signer().signature));
                               }));
  if (fault.reason == "timestamp-untrusted") return Fault{};
  if (fault) {
    fault.detail = "its time-stamp: " + fault.detail;
    return fault;
  }
  it.proven_times.push_back(token.time);
  return Fault{};
}

Result<Signature> judge_signer(const SignerCase& it, const Fault& of_time,
                               const ContentFault& content_fault,
                               std::vector<std::string>* chain) {
  Signature answer{.key_id = it.signer().names, .algorithm = it.signer().algorithm};
  const auto signer = signer_certificate(it);
  if (!signer) {
    refuse(answer, "unknown-key",
           fmt::format("the certificate ({}) is neither pinned nor carried", answer.key_id));
    return answer;
  }
  answer.key_id = short_id(*signer);
  answer.claimed_id = "sha256:" + signer->sha256;
  auto claim = best_claim(it, *signer);
  if (!claim || claim->key == nullptr) {
    refuse(answer, claim ? claim->fault.reason : "unknown-key",
           claim ? claim->fault.detail
                 : fmt::format("certificate '{}' ({}) leads to none that is pinned",
                               printable(signer->subject), answer.key_id));
    return answer;
  }
  answer.key = claim->key;
  if (chain != nullptr) *chain = std::move(claim->chain);
  Fault fault = TRY(content_fault(*signer));
  if (!fault) fault = of_time;
  if (!fault) fault = claim->fault;
  refuse(answer, fault.reason, fault.detail);
  if (fault) return answer;
  answer.covered = whole_of(it.question.file);
  answer.claimed_time = it.signer().signing_time;
  // Those over the whole sidecar are added where they were found.
  answer.proven_times.assign(
      it.proven_times.begin() + static_cast<std::ptrdiff_t>(it.question.proven_times.size()),
      it.proven_times.end());
  return answer;
}

}  // namespace assay
