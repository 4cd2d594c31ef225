// minisign: whether a .minisig beside a file proves that a pinned key signed
// that file, under that name, within its window.

#include "trust/minisign.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/bytes.h"
#include "trust/check.h"

namespace assay {
namespace {

/// A legacy signature covers the file itself, so all of it must stand in memory.
constexpr std::uint64_t kLegacyMax = std::uint64_t{256} << 20;

/// The values of `name:` among the tab-separated fields of a trusted comment.
std::vector<std::string_view> comment_fields(std::string_view comment, std::string_view name) {
  std::vector<std::string_view> values;
  while (true) {
    const std::size_t end = comment.find('\t');
    const std::string_view field = comment.substr(0, end);
    if (field.starts_with(name)) values.push_back(field.substr(name.size()));
    if (end == comment.npos) return values;
    comment.remove_prefix(end + 1);
  }
}

/// The `timestamp:` field; nothing if it is absent, twice there, or no number.
std::optional<Time> claimed_time(std::string_view comment) {
  const auto values = comment_fields(comment, "timestamp:");
  if (values.size() != 1 || values[0].empty() || values[0].size() > 11) return std::nullopt;
  Time time;
  const char* const end = values[0].data() + values[0].size();
  const auto read = std::from_chars(values[0].data(), end, time.seconds);
  if (read.ec != std::errc() || read.ptr != end || time.seconds < 0) return std::nullopt;
  return time;
}

Result<bool> file_verifies(const MinisignSignature& signature, const TrustedKey& key,
                           const SignedFile& file) {
  if (signature.algorithm == "ED") {
    const auto hash = TRY(file.digest(HashAlgorithm::blake2b_512));
    return verify_ed25519(key.public_key, hash, signature.signature);
  }
  const std::string whole = TRY(file.whole(kLegacyMax));
  return verify_ed25519(key.public_key, as_bytes(whole), signature.signature);
}

bool comment_verifies(const MinisignSignature& signature, const TrustedKey& key) {
  std::string signed_bytes(as_text(signature.signature));
  signed_bytes += signature.trusted_comment;
  return verify_ed25519(key.public_key, as_bytes(signed_bytes), signature.comment_signature);
}

struct Objection {
  std::string reason{};
  std::string detail{};
};

/// Whether the bytes are what the key signed; nothing if they are.
Result<std::optional<Objection>> objection_of_bytes(const MinisignSignature& signature,
                                                    const TrustedKey& key,
                                                    const SignedFile& file) {
  if (std::ranges::find(key.algorithms, signature.algorithm) == key.algorithms.end()) {
    return std::optional(Objection{
        "weak-algorithm", fmt::format("signed by algorithm {}, which the key is not pinned for",
                                      signature.algorithm)});
  }
  if (!TRY(file_verifies(signature, key, file))) {
    return std::optional(Objection{"bad-signature", "the file is not what was signed"});
  }
  if (!comment_verifies(signature, key)) {
    return std::optional(
        Objection{"bad-signature", "the trusted comment is not what was signed"});
  }
  return std::optional<Objection>();
}

/// Why a signature that fits does not count all the same. A claimed time can
/// only reject; a revoked key is out whenever it says it signed.
std::optional<Objection> objection_of_key(const TrustedKey& key, const SignatureRecord& record,
                                          const std::string& file_name, Time now) {
  if (key.revoked_at) {
    const std::string why =
        key.revoked_reason.empty() ? std::string() : " (" + printable(key.revoked_reason) + ")";
    return Objection{"revoked-key", fmt::format("the key is revoked since {}{}",
                                                to_rfc3339(*key.revoked_at), why)};
  }
  for (const std::string_view name : comment_fields(record.verified_comment, "file:")) {
    if (name != file_name) {
      return Objection{"filename-mismatch",
                       fmt::format("the trusted comment says it signs '{}'", printable(name))};
    }
  }
  if (key.valid_from && now < *key.valid_from) {
    return Objection{"key-not-yet-valid",
                     "the key is valid from " + to_rfc3339(*key.valid_from)};
  }
  if (key.valid_until && now >= *key.valid_until) {
    return Objection{"expired-key", "the key was valid until " + to_rfc3339(*key.valid_until)};
  }
  if (key.valid_from && record.claimed_time && *record.claimed_time < *key.valid_from) {
    return Objection{
        "key-not-yet-valid",
        fmt::format("it says it was made {}, and the key is valid from {}",
                    to_rfc3339(*record.claimed_time), to_rfc3339(*key.valid_from))};
  }
  return std::nullopt;
}

void refuse(SignatureRecord& record, std::string reason, const std::string& why) {
  record.verified = false;
  record.reason = std::move(reason);
  record.detail += (record.detail.empty() ? "" : ": ") + why;
}

void take_key(const TrustedKey& key, SignatureRecord& record) {
  record.key = key.name;
  record.detail = fmt::format("minisign key {} '{}'", record.key_id, printable(key.name));
}

/// The key among those of the claimed number that made the signature; if none
/// did, the first of them and its objection.
Result<std::optional<Objection>> choose_key(const MinisignSignature& signature,
                                            const SignedFile& file,
                                            std::span<const TrustedKey> keys,
                                            const TrustedKey*& chosen) {
  std::optional<Objection> first;
  for (const TrustedKey& key : keys) {
    if (key.format != "minisign" || key.key_number != signature.key_number) continue;
    auto objection = TRY(objection_of_bytes(signature, key, file));
    if (!objection) {
      chosen = &key;
      return objection;
    }
    if (chosen == nullptr) {
      chosen = &key;
      first = std::move(objection);
    }
  }
  return first;
}

Result<void> judge_signature(const MinisignSignature& signature, const SignedFile& file,
                             std::span<const TrustedKey> keys, Time now,
                             SignatureRecord& record) {
  record.key_id = minisign_key_id(signature.key_number);
  const TrustedKey* key = nullptr;
  std::optional<Objection> objection = TRY(choose_key(signature, file, keys, key));
  if (key == nullptr) {
    refuse(record, "unknown-key", fmt::format("minisign key {} is not pinned", record.key_id));
    return {};
  }
  take_key(*key, record);
  if (!objection) {
    record.verified_comment = signature.trusted_comment;
    record.claimed_time = claimed_time(signature.trusted_comment);
    objection = objection_of_key(*key, record, file.name(), now);
  }
  if (objection) {
    refuse(record, objection->reason, objection->detail);
  } else {
    record.verified = true;
  }
  return {};
}

bool matches(std::string_view bytes) {
  return bytes.starts_with("untrusted comment: ");
}

/// signing.md 3.1. Only a file that cannot be read is an error; all else is a record.
Result<void> verify(const Sidecar& sidecar, const SignedFile& file,
                    std::span<const TrustedKey> keys, Time now, SignatureRecord& record) {
  record = {.source = sidecar.name, .format = "minisign", .subject = file.name()};
  const Result<MinisignSignature> signature = parse_minisign_signature(sidecar.bytes);
  if (!signature) {
    refuse(record, signature.error().code, signature.error().what);
    return {};
  }
  Result<void> judged = judge_signature(*signature, file, keys, now, record);
  if (judged || judged.error().kind != Error::Kind::undecided) return judged;
  refuse(record, judged.error().code, judged.error().what);
  return {};
}

}  // namespace

extern const SignatureFormat minisign_format = {
    .name = "minisign", .suffix = ".minisig", .matches = matches, .verify = verify};

}  // namespace assay
