// rfc3161: a token beside the bundle, or beside a signature of it. signing.md 3.18.

#include "trust/timestamp.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/bytes.h"
#include "trust/formats.h"

namespace assay {
namespace {

constexpr std::string_view kSuffixes[] = {".tsr", ".tst"};
constexpr std::int64_t kSkew = 300;  // clocks differ

/// Those of the store were read once when it was loaded.
TimeAuthorities authorities_of(const TrustStore& store) {
  TimeAuthorities authorities;
  for (const TrustAnchor& file : store.timestamp_authorities()) {
    auto certificates = parse_certificates(file.bytes);
    if (!certificates) continue;
    std::ranges::move(*certificates, std::back_inserter(authorities.certificates));
  }
  for (const TrustAnchor& file : store.revocation_lists()) {
    auto list = parse_revocation_list(file.bytes);
    if (list && file.vendor == kTimeAuthorities) {
      authorities.lists.push_back(std::move(*list));
    }
  }
  return authorities;
}

Result<std::vector<Signature>> verify(const SignatureQuestion& question) {
  const Timestamp token = TRY(parse_timestamp(question.sidecar.bytes));
  const SignedFile& file = question.file;
  const Fault fault =
      TRY(time_fault(token, question.store, question.now,
                     [&](HashAlgorithm algorithm) { return file.digest(algorithm); }));
  Signature answer{.key_id = token.key_id, .algorithm = token.message.signers[0].algorithm};
  answer.claimed_time = token.time;
  refuse(answer, fault.reason, fault.detail);
  if (fault) return std::vector{answer};
  answer.detail = fmt::format("it existed at {}, says the authority '{}'",
                              to_rfc3339(token.time), token.authority);
  answer.covered = whole_of(file);
  answer.proven_times = {token.time};
  return std::vector{answer};
}

}  // namespace

Result<Fault> time_fault(const Timestamp& token, const TrustStore& store, Time now,
                         const DigestOf& digest_of) {
  if (Fault fault = timestamp_fault(token, authorities_of(store), now)) return fault;
  if (!token.digest) {
    return Fault{"weak-algorithm", "the token is over a digest that proves nothing"};
  }
  if (TRY(digest_of(*token.digest)) != token.imprint) {
    return Fault{"bad-signature", "the token is over other bytes"};
  }
  if (token.time.seconds > now.seconds + kSkew) {
    return Fault{"future-signature", fmt::format("the token was made {}, which is to come",
                                                 to_rfc3339(token.time))};
  }
  return Fault{};
}

extern const SignatureFormat rfc3161_format = {.name = "rfc3161",
                                               .suffixes = kSuffixes,
                                               .proves_time = true,
                                               .matches = looks_like_timestamp,
                                               .verify = verify};

}  // namespace assay
