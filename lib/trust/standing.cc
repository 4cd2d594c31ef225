#include "trust/standing.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.h"

namespace assay {
namespace {

/// Clocks differ; a signature from further ahead than this was not made yet.
constexpr std::int64_t kSkew = 300;

using Maybe = std::optional<Objection>;

bool lists(const std::vector<std::string>& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

/// A key that was merely replaced vouches for what provably existed before that.
Maybe revoked(const TrustedKey& key, const Signature& signature) {
  if (!key.revoked_at) return std::nullopt;
  const bool proven_before = !signature.proven_times.empty() &&
                             std::ranges::all_of(signature.proven_times, [&](Time proven) {
                               return proven < *key.revoked_at;
                             });
  if (!key.compromised && proven_before) return std::nullopt;
  const std::string why =
      key.revoked_reason.empty() ? std::string() : " (" + printable(key.revoked_reason) + ")";
  return Objection{"revoked-key", fmt::format("the key is revoked since {}{}",
                                              to_rfc3339(*key.revoked_at), why)};
}

Maybe used_beyond_its_pin(const TrustedKey& key, const Signature& signature) {
  if (!lists(key.algorithms, signature.algorithm)) {
    return Objection{"weak-algorithm",
                     fmt::format("signed by algorithm {}, which the key is not pinned for",
                                 printable(signature.algorithm))};
  }
  if (!lists(key.roles, signature.role)) {
    return Objection{"wrong-role",
                     fmt::format("the key is not pinned for the role '{}'", signature.role)};
  }
  return std::nullopt;
}

Maybe made_for_another(const Signature& signature, const std::string& file_name) {
  for (const std::string& name : signature.file_names) {
    if (name == file_name) continue;
    return Objection{"filename-mismatch",
                     fmt::format("the signed comment says it signs '{}'", printable(name))};
  }
  return std::nullopt;
}

Maybe outside_the_window(const TrustedKey& key, Time at, std::string_view what) {
  if (key.valid_from && at < *key.valid_from) {
    return Objection{"key-not-yet-valid", fmt::format("the key is valid from {}{}",
                                                      to_rfc3339(*key.valid_from), what)};
  }
  if (key.valid_until && at >= *key.valid_until) {
    return Objection{"expired-key", fmt::format("the key was valid until {}{}",
                                                to_rfc3339(*key.valid_until), what)};
  }
  return std::nullopt;
}

/// At every proven time, or now if none is proven.
Maybe outside_the_window(const TrustedKey& key, const Signature& signature, Time now) {
  if (signature.proven_times.empty()) return outside_the_window(key, now, "");
  for (const Time proven : signature.proven_times) {
    const std::string what = ", and it was made " + to_rfc3339(proven);
    if (Maybe objection = outside_the_window(key, proven, what)) return objection;
  }
  return std::nullopt;
}

/// What the signer says of the time can speak against him.
Maybe contradicted_by_claims(const TrustedKey& key, const Signature& signature, Time now) {
  if (signature.expires && now >= *signature.expires) {
    return Objection{"expired-signature", fmt::format("the signature itself was valid until {}",
                                                      to_rfc3339(*signature.expires))};
  }
  if (!signature.claimed_time) return std::nullopt;
  if (signature.claimed_time->seconds > now.seconds + kSkew) {
    return Objection{"future-signature", fmt::format("it says it was made {}, which is to come",
                                                     to_rfc3339(*signature.claimed_time))};
  }
  if (key.valid_from && *signature.claimed_time < *key.valid_from) {
    return Objection{
        "key-not-yet-valid",
        fmt::format("it says it was made {}, and the key is valid from {}",
                    to_rfc3339(*signature.claimed_time), to_rfc3339(*key.valid_from))};
  }
  return std::nullopt;
}

}  // namespace

std::optional<Objection> objection_to(const Signature& signature, const std::string& file_name,
                                      Time now) {
  const TrustedKey& key = *signature.key;
  if (Maybe objection = revoked(key, signature)) return objection;
  if (Maybe objection = used_beyond_its_pin(key, signature)) return objection;
  if (Maybe objection = made_for_another(signature, file_name)) return objection;
  if (Maybe objection = outside_the_window(key, signature, now)) return objection;
  return contradicted_by_claims(key, signature, now);
}

}  // namespace assay
