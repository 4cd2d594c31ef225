// openpgp: whether signatures are by pinned certificates, and what the keys in
// them are worth now. Key ids are hints: a key is known by its whole
// fingerprint, within the one certificate that was pinned.

#include "trust/openpgp.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/bytes.h"
#include "trust/openpgp_armor.h"
#include "trust/openpgp_rnp.h"
#include "trust/standing.h"

namespace assay {
namespace {

constexpr std::uint32_t kRsaMin = 2048;  // bits
constexpr unsigned kBinary = 0x00;       // types of signatures, RFC 4880 5.2.1
constexpr unsigned kText = 0x01;

constexpr std::array<std::string_view, 3> kHashes{"SHA256", "SHA384", "SHA512"};
constexpr std::array<std::string_view, 7> kCurves{
    "Ed25519",         "NIST P-256",      "NIST P-384",     "NIST P-521",
    "brainpoolP256r1", "brainpoolP384r1", "brainpoolP512r1"};

using Maybe = std::optional<Objection>;

template <class Words>
bool lists(const Words& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

Maybe weak_key(const OpenPgpKey& key) {
  const bool is_rsa = key.algorithm == "RSA";
  if (is_rsa && key.bits < kRsaMin) {
    return Objection{"weak-algorithm", fmt::format("its RSA key has {} bits, and fewer than {} "
                                                   "never count",
                                                   key.bits, kRsaMin)};
  }
  const bool on_curve = key.algorithm == "EDDSA" || key.algorithm == "ECDSA";
  if (is_rsa || (on_curve && lists(kCurves, key.curve))) return std::nullopt;
  return Objection{
      "weak-algorithm",
      fmt::format("its key is of a kind that does not count: {}{}{}", printable(key.algorithm),
                  key.curve.empty() ? "" : " on ", printable(key.curve))};
}

/// Why no signature counts that rests on the key, if none does. A revocation is asked for
/// before all else, and believed without asking whose it is.
Maybe objection_to_key(const OpenPgpKey& key, const OpenPgpKeyPackets& packets, Time now,
                       std::string_view what) {
  if (key.revoked || packets.revoked) {
    return Objection{"revoked-key", fmt::format("the {} is revoked in its certificate", what)};
  }
  if (Maybe weak = weak_key(key)) return weak;
  if (now < key.created) {
    return Objection{"key-not-yet-valid",
                     fmt::format("the {} says it was made {}", what, to_rfc3339(key.created))};
  }
  if (key.expires && now >= *key.expires) {
    return Objection{"expired-key", fmt::format("the {} says it was valid until {}", what,
                                                to_rfc3339(*key.expires))};
  }
  if (key.valid) return std::nullopt;
  if (packets.weak_binding) {
    return Objection{"weak-algorithm",
                     fmt::format("what binds the {} to its certificate is signed over SHA-1 or "
                                 "MD5",
                                 what)};
  }
  return Objection{"unbound-key",
                   fmt::format("nothing that holds binds the {} to its certificate", what)};
}

/// A certificate opened for one question.
struct Opened {
  const TrustedKey& pin;
  OpenPgpPin material{};
  OpenPgpCertificatePackets packets{};
  OpenPgpCertificate certificate;
};

Result<Opened> open(const TrustedKey& key, OpenPgpPin material, Time now) {
  auto packets = TRY(parse_openpgp_certificate(material.packets));
  const bool sha1 = key.sha1_binding_until && now < *key.sha1_binding_until;
  auto certificate = TRY(OpenPgpCertificate::open(packets.bytes, now, sha1));
  return Opened{key, std::move(material), std::move(packets), std::move(certificate)};
}

/// Which key of the certificate the signature names, by its place; nothing if none.
std::optional<std::size_t> named_key(const OpenPgpPin& pin, const OpenPgpSignature& signature) {
  for (std::size_t i = 0; i < pin.fingerprints.size(); ++i) {
    const std::string_view fingerprint = pin.fingerprints[i];
    if (fingerprint.empty() || signature.issuer_key_id.empty()) continue;
    const bool named = signature.issuer_fingerprint.empty()
                           ? fingerprint.ends_with(signature.issuer_key_id)
                           : fingerprint == signature.issuer_fingerprint;
    if (named) return i;
  }
  return std::nullopt;
}

const OpenPgpKey* key_at(const Opened& opened, std::size_t place) {
  const std::vector<OpenPgpKey>& keys = opened.certificate.keys();
  const auto found =
      std::ranges::find(keys, opened.packets.keys[place].body, &OpenPgpKey::body);
  const bool same =
      found != keys.end() && found->fingerprint == opened.material.fingerprints[place];
  return same ? &*found : nullptr;
}

/// Why the key at that place of the certificate may sign nothing now.
Maybe objection_to_signer(const Opened& opened, std::size_t place, Time now) {
  const OpenPgpKey* const primary = key_at(opened, 0);
  const OpenPgpKey* const signer = key_at(opened, place);
  if (primary == nullptr || signer == nullptr ||
      "v4:" + primary->fingerprint != opened.pin.id) {
    return Objection{"unbound-key", "the key stands in no certificate that can be read"};
  }
  if (Maybe objection =
          objection_to_key(*primary, opened.packets.keys[0], now, "primary key")) {
    return objection;
  }
  if (place != 0) {
    if (Maybe objection =
            objection_to_key(*signer, opened.packets.keys[place], now, "subkey")) {
      return objection;
    }
  }
  if (!signer->may_sign) {
    return Objection{"unbound-key", "the key is not meant for signing, as its flags say"};
  }
  return std::nullopt;
}

/// Why the signature packet itself proves nothing, whoever made it.
Maybe objection_to_packet(const OpenPgpSignature& signature, const TrustedKey& pin,
                          bool cleartext) {
  if (signature.version != 4) {
    return Objection{"weak-algorithm",
                     fmt::format("an OpenPGP signature of version {}", signature.version)};
  }
  if (!lists(kHashes, signature.hash) || !lists(pin.algorithms, signature.hash)) {
    return Objection{
        "weak-algorithm",
        fmt::format("signed over {}, which the key is not pinned for", signature.hash)};
  }
  if (!cleartext && signature.type == kText) {
    return Objection{"text-signature", "it was made in text mode"};
  }
  if (signature.type != (cleartext ? kText : kBinary)) {
    return Objection{
        "sidecar-malformed",
        fmt::format("an OpenPGP signature of type 0x{:02x}, which is over something "
                    "else",
                    signature.type)};
  }
  if (!signature.unknown_critical.empty()) {
    return Objection{"unsupported-signature",
                     fmt::format("it holds a critical part that is not known here: {}",
                                 signature.unknown_critical)};
  }
  return std::nullopt;
}

void refuse(Signature& answer, Objection objection) {
  refuse(answer, objection.reason, std::move(objection.detail));
}

/// What is known before any key is asked.
Signature unjudged(const OpenPgpSignature& signature) {
  Signature answer{.names_key = !signature.issuer_key_id.empty(),
                   .key_id = signature.issuer_fingerprint.empty()
                                 ? signature.issuer_key_id
                                 : signature.issuer_fingerprint,
                   .algorithm = signature.hash};
  if (!signature.issuer_fingerprint.empty()) {
    answer.claimed_id = "v4:" + signature.issuer_fingerprint;
  }
  if (signature.version > 4) {
    refuse(answer, "unknown-key",
           fmt::format("an OpenPGP signature of version {}, which no key that can be pinned "
                       "makes",
                       signature.version));
  } else {
    refuse(answer, "unknown-key",
           answer.key_id.empty() ? "it does not say which OpenPGP key made it"
                                 : fmt::format("OpenPGP key {} is not pinned", answer.key_id));
  }
  return answer;
}

/// One signature that a certificate's key is said to have made.
struct Candidate {
  std::size_t index = 0;  ///< among the signatures
  Signature answer{};
};

void accept(const OpenPgpSignature& signature, const OpenPgpSigned& what, Signature& answer) {
  answer.reason.clear();
  answer.detail.clear();
  answer.claimed_time = signature.created;
  answer.expires = signature.expires;
  if (what.file != nullptr) {
    answer.covered = whole_of(*what.file);
  } else {
    answer.content = std::make_shared<const std::string>(what.text);
  }
}

/// Asks librnp; of a cleartext only what it puts out is taken for signed.
Result<std::vector<OpenPgpFit>> ask_library(const Opened& opened,
                                            std::span<const OpenPgpSignature> signatures,
                                            const OpenPgpSigned& what) {
  if (what.file != nullptr) return opened.certificate.verify(signatures, *what.file);
  OpenPgpCleartextFit fit = TRY(opened.certificate.verify(signatures, what.lines));
  if (without_trailing_blanks(fit.text) != what.text) {
    std::ranges::fill(fit.fits, OpenPgpFit::other);
  }
  return std::move(fit.fits);
}

/// Settles the candidates that nothing speaks against yet.
Result<void> settle(const Opened& opened, std::span<const OpenPgpSignature> signatures,
                    const OpenPgpSigned& what, std::vector<Candidate>& candidates) {
  std::vector<OpenPgpSignature> open_ones;
  std::vector<Candidate*> theirs;
  for (Candidate& one : candidates) {
    if (!one.answer.reason.empty()) continue;
    one.answer.reason = "not-judged";
    open_ones.push_back(signatures[one.index]);
    theirs.push_back(&one);
  }
  if (theirs.empty()) return {};
  const std::vector<OpenPgpFit> fits = TRY(ask_library(opened, open_ones, what));
  for (std::size_t i = 0; i < theirs.size(); ++i) {
    Signature& answer = theirs[i]->answer;
    switch (i < fits.size() ? fits[i] : OpenPgpFit::other) {
      case OpenPgpFit::yes: accept(open_ones[i], what, answer); break;
      case OpenPgpFit::no:
        refuse(answer, "bad-signature", "the file is not what was signed");
        break;
      case OpenPgpFit::other:
        refuse(answer, "unsupported-signature", "librnp reads something else in it");
        break;
    }
  }
  return {};
}

/// What one pinned key says to all signatures that name it.
Result<std::vector<Candidate>> candidates_of(const TrustedKey& key,
                                             const SignatureQuestion& question,
                                             std::span<const OpenPgpSignature> signatures,
                                             const OpenPgpSigned& what) {
  std::vector<Candidate> candidates;
  OpenPgpPin pin = openpgp_pin_of(key.material);
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < signatures.size(); ++i) {
    const auto place = named_key(pin, signatures[i]);
    if (!place) continue;
    candidates.push_back({.index = i, .answer = unjudged(signatures[i])});
    candidates.back().answer.key = &key;
    candidates.back().answer.key_id = pin.fingerprints[*place];
    places.push_back(*place);
  }
  if (candidates.empty()) return candidates;
  const Opened opened = TRY(open(key, std::move(pin), question.now));
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    const OpenPgpSignature& signature = signatures[candidates[i].index];
    Maybe objection = objection_to_signer(opened, places[i], question.now);
    if (!objection) objection = objection_to_packet(signature, key, what.file == nullptr);
    refuse(candidates[i].answer, objection.value_or(Objection{}));
  }
  TRY(settle(opened, signatures, what, candidates));
  return candidates;
}

constexpr char kFingerprintsEnd = '\n';

}  // namespace

std::string openpgp_material(const OpenPgpPin& pin) {
  return fmt::format("{}{}{}", fmt::join(pin.fingerprints, ","), kFingerprintsEnd, pin.packets);
}

OpenPgpPin openpgp_pin_of(std::string_view material) {
  OpenPgpPin pin;
  const std::size_t end = material.find(kFingerprintsEnd);
  if (end == material.npos) return pin;
  pin.packets = material.substr(end + 1);
  material = material.substr(0, end);
  while (true) {
    const std::size_t comma = material.find(',');
    pin.fingerprints.emplace_back(material.substr(0, comma));
    if (comma == material.npos) return pin;
    material.remove_prefix(comma + 1);
  }
}

Result<std::vector<Signature>> judge_openpgp(const SignatureQuestion& question,
                                             std::span<const OpenPgpSignature> signatures,
                                             const OpenPgpSigned& what) {
  std::vector<Signature> answers;
  for (const OpenPgpSignature& one : signatures) answers.push_back(unjudged(one));
  for (const TrustedKey* key : keys_of(question, "openpgp")) {
    for (Candidate& one : TRY(candidates_of(*key, question, signatures, what))) {
      Signature& answer = answers[one.index];
      if (answer.key != nullptr && !one.answer.reason.empty()) continue;
      if (answer.key != nullptr && answer.reason.empty()) continue;
      answer = std::move(one.answer);
    }
  }
  return answers;
}

}  // namespace assay
