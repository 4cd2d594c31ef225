#include "crypto/public_key.h"

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>

#include "base/c_handle.h"

namespace assay {
namespace {

using EvpKey = CHandle<EVP_PKEY, EVP_PKEY_free>;
using EvpContext = CHandle<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using EcdsaSignature = CHandle<ECDSA_SIG, ECDSA_SIG_free>;
using Kind = SignatureScheme::Kind;

constexpr unsigned kMinRsaBits = 2048;
constexpr unsigned kMaxRsaBits = 16384;
constexpr std::size_t kMaxExponentBytes = 8;
constexpr std::byte kUncompressed{4};  // SEC 1 section 2.3.3

constexpr auto kSha256 = HashAlgorithm::sha256;
constexpr auto kSha384 = HashAlgorithm::sha384;
constexpr auto kSha512 = HashAlgorithm::sha512;

constexpr SignatureScheme kSchemes[] = {
    {"Ed25519", Kind::ed25519, std::nullopt},
    {"ECDSA-SHA256", Kind::ecdsa_der, kSha256},
    {"ECDSA-SHA384", Kind::ecdsa_der, kSha384},
    {"ECDSA-SHA512", Kind::ecdsa_der, kSha512},
    {"ECDSA-P1363-SHA256", Kind::ecdsa_fixed, kSha256},
    {"ECDSA-P1363-SHA384", Kind::ecdsa_fixed, kSha384},
    {"ECDSA-P1363-SHA512", Kind::ecdsa_fixed, kSha512},
    {"RSA-PKCS1-SHA256", Kind::rsa_pkcs1, kSha256},
    {"RSA-PKCS1-SHA384", Kind::rsa_pkcs1, kSha384},
    {"RSA-PKCS1-SHA512", Kind::rsa_pkcs1, kSha512},
    {"RSA-PSS-SHA256", Kind::rsa_pss, kSha256},
    {"RSA-PSS-SHA384", Kind::rsa_pss, kSha384},
    {"RSA-PSS-SHA512", Kind::rsa_pss, kSha512},
};

/// A kind whose SubjectPublicKeyInfo is one prefix and a key of fixed size.
struct FixedKind {
  KeyKind kind;
  unsigned bits;
  std::string_view prefix;  ///< hex
  std::size_t key_bytes;
  std::string_view scheme;
};

// RFC 8410 section 4, and RFC 5480 section 2 with named curves and uncompressed points.
constexpr FixedKind kFixedKinds[] = {
    {KeyKind::ed25519, 256, "302a300506032b6570032100", 32, "Ed25519"},
    {KeyKind::p256, 256, "3059301306072a8648ce3d020106082a8648ce3d030107034200", 65,
     "ECDSA-SHA256"},
    {KeyKind::p384, 384, "3076301006072a8648ce3d020106052b81040022036200", 97, "ECDSA-SHA384"},
    {KeyKind::p521, 521, "30819b301006072a8648ce3d020106052b8104002303818600", 133,
     "ECDSA-SHA512"},
};

const unsigned char* raw(Bytes bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

Error refused(std::string what, std::string hint) {
  ERR_clear_error();
  return fail(Error::Kind::config, std::move(what), std::move(hint));
}

Error other_kind() {
  return refused("this is no public key of a kind that is supported",
                 "RSA of 2048 bits or more, Ed25519, and P-256, P-384, P-521 by name, "
                 "uncompressed, are");
}

const EVP_MD* evp(HashAlgorithm algorithm) {
  switch (algorithm) {
    case HashAlgorithm::sha256: return EVP_sha256();
    case HashAlgorithm::sha384: return EVP_sha384();
    case HashAlgorithm::sha512: return EVP_sha512();
    case HashAlgorithm::sha512_256:
    case HashAlgorithm::blake2b_512: break;
  }
  return nullptr;
}

const FixedKind* fixed_kind_of(Bytes spki) {
  const auto* const found = std::ranges::find_if(kFixedKinds, [&](const FixedKind& one) {
    const std::size_t prefix = one.prefix.size() / 2;
    return spki.size() == prefix + one.key_bytes && to_hex(spki.first(prefix)) == one.prefix &&
           (one.kind == KeyKind::ed25519 || spki[prefix] == kUncompressed);
  });
  return found == std::end(kFixedKinds) ? nullptr : found;
}

/// DER of one element: tag, definite length, content.
std::string element(unsigned char tag, std::string_view content) {
  std::string length;
  for (std::size_t rest = content.size(); rest != 0; rest >>= 8U) {
    length.insert(length.begin(), static_cast<char>(rest & 0xffU));
  }
  std::string der(1, static_cast<char>(tag));
  if (content.size() >= 0x80) der += static_cast<char>(0x80U | length.size());
  der += content.empty() ? std::string(1, '\0') : length;
  return der += content;
}

std::string integer(Bytes number) {
  const bool negative = !number.empty() && (number[0] & std::byte{0x80}) != std::byte{};
  return element(0x02, (negative || number.empty() ? std::string(1, '\0') : std::string()) +
                           std::string(as_text(number)));
}

Bytes without_zeros(Bytes number) {
  while (!number.empty() && number[0] == std::byte{}) number = number.subspan(1);
  return number;
}

/// r || s as the DER that OpenSSL reads.
std::optional<std::string> der_of_fixed(Bytes signature, unsigned bits) {
  const std::size_t half = (bits + 7) / 8;
  if (signature.size() != 2 * half) return std::nullopt;
  return element(0x30, integer(without_zeros(signature.first(half))) +
                           integer(without_zeros(signature.subspan(half))));
}

/// The one DER spelling of r and s, both positive; another is another signature.
bool is_strict_der(Bytes signature) {
  const unsigned char* at = raw(signature);
  const EcdsaSignature parsed(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(signature.size())));
  unsigned char* spelled = nullptr;
  const int size = parsed == nullptr ? -1 : i2d_ECDSA_SIG(parsed.get(), &spelled);
  const CHandle<unsigned char, [](unsigned char* it) { OPENSSL_free(it); }> owner(spelled);
  return size >= 0 && static_cast<std::size_t>(size) == signature.size() &&
         std::equal(signature.begin(), signature.end(),
                    reinterpret_cast<const std::byte*>(spelled));
}

/// What OpenSSL is asked to do with the padding.
bool set_padding(EVP_PKEY_CTX* context, const SignatureScheme& scheme) {
  if (scheme.kind == Kind::rsa_pkcs1) {
    return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1;
  }
  if (scheme.kind == Kind::rsa_pss) {
    return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
           EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1;
  }
  return true;
}

bool evp_verify(EVP_PKEY* key, const SignatureScheme& scheme, Bytes digest, Bytes signature) {
  const EVP_MD* md = evp(*scheme.hash);
  const EvpContext context(EVP_PKEY_CTX_new(key, nullptr));
  const bool fits = md != nullptr &&
                    digest.size() == static_cast<std::size_t>(EVP_MD_get_size(md)) &&
                    context != nullptr && EVP_PKEY_verify_init(context.get()) == 1 &&
                    set_padding(context.get(), scheme) &&
                    EVP_PKEY_CTX_set_signature_md(context.get(), md) == 1 &&
                    EVP_PKEY_verify(context.get(), raw(signature), signature.size(),
                                    raw(digest), digest.size()) == 1;
  ERR_clear_error();
  return fits;
}

/// Modulus and exponent are what RFC 8017 section 3.1 asks for, and no larger than needed.
Result<void> check_rsa(EVP_PKEY* key) {
  const auto bits = static_cast<unsigned>(std::max(0, EVP_PKEY_get_bits(key)));
  if (bits < kMinRsaBits) {
    Error error = refused("this is an RSA key of " + std::to_string(bits) +
                              " bits, and under 2048 nothing is proven",
                          "ask its owner for a longer one");
    error.code = "weak-algorithm";
    return error;
  }
  BIGNUM* exponent = nullptr;
  BIGNUM* modulus = nullptr;
  EVP_PKEY_get_bn_param(key, "e", &exponent);
  EVP_PKEY_get_bn_param(key, "n", &modulus);
  const CHandle<BIGNUM, BN_free> e(exponent), n(modulus);
  if (bits > kMaxRsaBits || e == nullptr || n == nullptr || BN_is_odd(n.get()) == 0 ||
      BN_is_odd(e.get()) == 0 || BN_is_one(e.get()) != 0 ||
      static_cast<std::size_t>(BN_num_bytes(e.get())) > kMaxExponentBytes) {
    return refused("this RSA key has a modulus or an exponent that no sound key has",
                   "ask its owner for another one");
  }
  return {};
}

bool is_rsa_scheme(Kind kind) {
  return kind == Kind::rsa_pkcs1 || kind == Kind::rsa_pss;
}

}  // namespace

std::span<const SignatureScheme> signature_schemes() {
  return kSchemes;
}

const SignatureScheme* find_scheme(std::string_view name) {
  const auto* const found = std::ranges::find(kSchemes, name, &SignatureScheme::name);
  return found == std::end(kSchemes) ? nullptr : found;
}

struct PublicKey::State {
  KeyKind kind = KeyKind::ed25519;
  unsigned bits = 0;
  std::string der{};
  Ed25519Public point{};  ///< of an Ed25519 key
  EvpKey key{};           ///< of every other
};

Result<PublicKey> PublicKey::from_der(Bytes spki) {
  const unsigned char* at = raw(spki);
  auto state = std::make_shared<State>();
  state->der = as_text(spki);
  state->key.reset(d2i_PUBKEY(nullptr, &at, static_cast<long>(spki.size())));
  if (state->key == nullptr) return other_kind();
  if (const FixedKind* fixed = fixed_kind_of(spki)) {
    state->kind = fixed->kind;
    state->bits = fixed->bits;
    if (fixed->kind == KeyKind::ed25519) {
      std::ranges::copy(spki.last(state->point.size()), state->point.begin());
    }
    return PublicKey(std::move(state));
  }
  if (EVP_PKEY_get_id(state->key.get()) != EVP_PKEY_RSA) return other_kind();
  TRY(check_rsa(state->key.get()));
  unsigned char* spelled = nullptr;
  const int size = i2d_PUBKEY(state->key.get(), &spelled);
  const CHandle<unsigned char, [](unsigned char* it) { OPENSSL_free(it); }> owner(spelled);
  if (size < 0 || std::string_view(reinterpret_cast<const char*>(spelled),
                                   static_cast<std::size_t>(size)) != state->der) {
    return refused("this public key is not spelled in DER, or something follows it",
                   "openssl pkey -pubin -in FILE writes it as it should be");
  }
  state->kind = KeyKind::rsa;
  state->bits = static_cast<unsigned>(EVP_PKEY_get_bits(state->key.get()));
  return PublicKey(std::move(state));
}

Result<PublicKey> PublicKey::from_pem(std::string_view pem) {
  constexpr std::string_view kBegin = "-----BEGIN PUBLIC KEY-----\n";
  constexpr std::string_view kEnd = "-----END PUBLIC KEY-----";
  std::string text(pem);
  for (std::size_t at = 0; (at = text.find("\r\n", at)) != text.npos;) text.erase(at, 1);
  if (text.ends_with('\n')) text.pop_back();
  if (!text.starts_with(kBegin) || !text.ends_with(kEnd) ||
      text.size() < kBegin.size() + kEnd.size()) {
    return refused("this is no public key in PEM form, alone in its file",
                   "it begins with -----BEGIN PUBLIC KEY-----");
  }
  std::string body = text.substr(kBegin.size(), text.size() - kBegin.size() - kEnd.size());
  std::erase(body, '\n');
  const auto der = from_base64(body);
  if (!der) return refused("the base64 of this public key is damaged", "fetch the key again");
  return from_der(*der);
}

Result<PublicKey> PublicKey::from_rsa(Bytes exponent, Bytes modulus) {
  const std::string numbers =
      element(0x30, integer(without_zeros(modulus)) + integer(without_zeros(exponent)));
  // RFC 3279 section 2.3.1: rsaEncryption, whose parameters are NULL.
  const auto algorithm = from_hex("300d06092a864886f70d0101010500");
  const std::string der = element(
      0x30, std::string(as_text(*algorithm)) + element(0x03, std::string(1, '\0') + numbers));
  return from_der(as_bytes(der));
}

Result<PublicKey> PublicKey::from_ec_point(KeyKind curve, Bytes point) {
  const auto* const fixed = std::ranges::find(kFixedKinds, curve, &FixedKind::kind);
  if (fixed == std::end(kFixedKinds) || point.size() != fixed->key_bytes) return other_kind();
  const auto prefix = from_hex(fixed->prefix);
  const std::string der = std::string(as_text(*prefix)) + std::string(as_text(point));
  return from_der(as_bytes(der));
}

Result<PublicKey> PublicKey::from_ed25519(const Ed25519Public& key) {
  return from_ec_point(KeyKind::ed25519, key);
}

KeyKind PublicKey::kind() const {
  return state_->kind;
}

unsigned PublicKey::bits() const {
  return state_->bits;
}

const std::string& PublicKey::der() const {
  return state_->der;
}

std::string PublicKey::value() const {
  return state_->kind == KeyKind::ed25519 ? "ed25519:" + to_hex(state_->point)
                                          : "spki:" + sha256_hex(as_bytes(state_->der));
}

const SignatureScheme& PublicKey::natural_scheme() const {
  const auto* const fixed = std::ranges::find(kFixedKinds, state_->kind, &FixedKind::kind);
  return *find_scheme(fixed == std::end(kFixedKinds) ? "RSA-PKCS1-SHA256" : fixed->scheme);
}

bool PublicKey::verify(const SignatureScheme& scheme, Bytes message, Bytes signature) const {
  if (scheme.hash) return verify_digest(scheme, digest(*scheme.hash, message), signature);
  Ed25519Signature value{};
  if (scheme.kind != Kind::ed25519 || state_->kind != KeyKind::ed25519 ||
      signature.size() != value.size()) {
    return false;
  }
  std::ranges::copy(signature, value.begin());
  return verify_ed25519(state_->point, message, value);
}

bool PublicKey::verify_digest(const SignatureScheme& scheme, Bytes digest,
                              Bytes signature) const {
  const bool rsa = state_->kind == KeyKind::rsa;
  if (!scheme.hash || state_->kind == KeyKind::ed25519 || rsa != is_rsa_scheme(scheme.kind)) {
    return false;
  }
  EVP_PKEY* key = state_->key.get();
  if (rsa) return evp_verify(key, scheme, digest, signature);
  if (scheme.kind == Kind::ecdsa_fixed) {
    const auto der = der_of_fixed(signature, state_->bits);
    return der && evp_verify(key, scheme, digest, as_bytes(*der));
  }
  const bool strict = is_strict_der(signature);
  return evp_verify(key, scheme, digest, signature) && strict;
}

}  // namespace assay
