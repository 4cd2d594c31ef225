// sshsig: whether a signature of `ssh-keygen -Y sign` beside a file is by a pinned
// key, over that file and made for the purpose it is pinned for. signing.md 3.3.

#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.h"
#include "trust/formats.h"
#include "trust/ssh.h"

namespace assay {
namespace {

constexpr std::string_view kSuffixes[] = {".sig", ".sshsig"};

/// RFC 4251 section 5.
std::string ssh_string(std::string_view value) {
  std::string spelled;
  for (const unsigned shift : {24U, 16U, 8U, 0U}) {
    spelled += static_cast<char>(value.size() >> shift & 0xffU);
  }
  return spelled.append(value);
}

HashAlgorithm hash_of(const SshSignature& signature) {
  return signature.hash == "sha256" ? HashAlgorithm::sha256 : HashAlgorithm::sha512;
}

/// What the key signs instead of the file: PROTOCOL.sshsig section 2.
std::string signed_data(const SshSignature& signature, Bytes file_digest) {
  return "SSHSIG" + ssh_string(signature.namespace_name) + ssh_string("") +
         ssh_string(signature.hash) + ssh_string(as_text(file_digest));
}

/// What a token signs instead of that: PROTOCOL.u2f, "SSH U2F Signatures".
std::string token_data(const SshSignature& signature, const SshKey& key,
                       std::string_view data) {
  std::string whole(as_text(digest(HashAlgorithm::sha256, as_bytes(key.application))));
  whole += static_cast<char>(signature.flags);
  for (const unsigned shift : {24U, 16U, 8U, 0U}) {
    whole += static_cast<char>(signature.counter >> shift & 0xffU);
  }
  return whole.append(as_text(digest(HashAlgorithm::sha256, as_bytes(data))));
}

/// Two mpints as r || s, each of `half` bytes.
std::optional<std::string> fixed_ecdsa(std::string_view blob, std::size_t half) {
  SshReader reader(blob);
  std::string fixed;
  for (int i = 0; i < 2; ++i) {
    const auto number = reader.positive();
    if (!number || number->size() > half) return std::nullopt;
    fixed.append(half - number->size(), '\0').append(*number);
  }
  return reader.at_end() ? std::optional(std::move(fixed)) : std::nullopt;
}

/// RFC 5656 section 6.2.1: the hash goes by the curve.
std::string_view ecdsa_scheme(const PublicKey& key) {
  switch (key.kind()) {
    case KeyKind::p256: return "ECDSA-P1363-SHA256";
    case KeyKind::p384: return "ECDSA-P1363-SHA384";
    default: return "ECDSA-P1363-SHA512";
  }
}

bool rsa_verifies(const SshSignature& signature, const PublicKey& key, std::string_view data) {
  const std::size_t modulus = (key.bits() + 7) / 8;
  if (signature.bytes.size() > modulus) return false;
  // RFC 4253 section 6.6 writes the number without padding, and some signers do.
  const std::string padded =
      std::string(modulus - signature.bytes.size(), '\0') + signature.bytes;
  const std::string_view scheme =
      signature.algorithm == "rsa-sha2-256" ? "RSA-PKCS1-SHA256" : "RSA-PKCS1-SHA512";
  return key.verify(*find_scheme(scheme), as_bytes(data), as_bytes(padded));
}

bool data_verifies(const SshSignature& signature, const SshKey& key, std::string_view data) {
  const PublicKey& number = key.key;
  if (number.kind() == KeyKind::rsa) return rsa_verifies(signature, number, data);
  if (number.kind() == KeyKind::ed25519) {
    return number.verify(*find_scheme("Ed25519"), as_bytes(data), as_bytes(signature.bytes));
  }
  const auto fixed = fixed_ecdsa(signature.bytes, (number.bits() + 7) / 8);
  return fixed &&
         number.verify(*find_scheme(ecdsa_scheme(number)), as_bytes(data), as_bytes(*fixed));
}

bool is_token(const SshKey& key) {
  return key.type.starts_with("sk-");
}

/// An algorithm that keys of this type sign by; an RSA key by any of two.
bool fits_key(const SshSignature& signature, const SshKey& key) {
  if (key.type != "ssh-rsa") return signature.algorithm == key.type;
  return signature.algorithm == "rsa-sha2-256" || signature.algorithm == "rsa-sha2-512";
}

/// `answer` by the key that the signature names.
Result<Signature> ask(const SshSignature& signature, const SshKey& key,
                      const TrustedKey& trusted, const SignedFile& file, Signature answer) {
  answer.key = &trusted;
  std::string data = signed_data(signature, TRY(file.digest(hash_of(signature))));
  if (is_token(key)) data = token_data(signature, key, data);
  if (!data_verifies(signature, key, data)) {
    refuse(answer, "bad-signature", "the file is not what was signed");
  } else if (std::ranges::find(trusted.namespaces, signature.namespace_name) ==
             trusted.namespaces.end()) {
    refuse(answer, "wrong-namespace",
           fmt::format("made for the namespace '{}', which the key is not pinned for",
                       printable(signature.namespace_name.substr(0, 64))));
  } else if (is_token(key) && (signature.flags & kUserPresent) == 0) {
    refuse(answer, "no-user-presence", "nobody touched the token that made it");
  } else {
    answer.reason.clear();
    answer.detail.clear();
    answer.covered = whole_of(file);
  }
  return answer;
}

bool matches(std::string_view bytes) {
  return bytes.starts_with("-----BEGIN SSH SIGNATURE-----");
}

Result<std::vector<Signature>> verify(const SignatureQuestion& question) {
  const SshSignature signature = TRY(parse_ssh_signature(question.sidecar.bytes));
  if (signature.algorithm == "ssh-rsa" || signature.algorithm == "ssh-dss") {
    return malformed("weak-algorithm", fmt::format("signed by algorithm {}, which proves "
                                                   "nothing any more",
                                                   signature.algorithm));
  }
  const SshKey key = TRY(parse_ssh_key(signature.key_blob));
  if (!fits_key(signature, key)) {
    return malformed("sidecar-malformed",
                     "no SSH signature: its algorithm is not one of its key's");
  }
  Signature answer{.key_id = ssh_fingerprint(signature.key_blob),
                   .claimed_id = "sha256:" + sha256_hex(as_bytes(signature.key_blob)),
                   .algorithm = signature.algorithm};
  refuse(answer, "unknown-key", fmt::format("SSH key {} is not pinned", answer.key_id));
  for (const TrustedKey* trusted : keys_of(question, "ssh")) {
    if (trusted->material != signature.key_blob) continue;
    answer = TRY(ask(signature, key, *trusted, question.file, answer));
    break;
  }
  return std::vector{answer};
}

}  // namespace

extern const SignatureFormat sshsig_format = {
    .name = "sshsig", .suffixes = kSuffixes, .matches = matches, .verify = verify};

}  // namespace assay
