#include "crypto/cms.h"

#include <openssl/asn1t.h>
#include <openssl/bn.h>
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/ess.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>
#include <ctime>

#include "base/bytes.h"
#include "base/c_handle.h"
#include "crypto/der.h"
#include "crypto/key.h"
#include "crypto/pem.h"
#include "crypto/public_key.h"

namespace assay {
namespace {

constexpr std::string_view kLabels[] = {"CMS", "PKCS7", "PKCS #7 SIGNED DATA"};
constexpr int kMostSigners = 16;
constexpr int kMostCertificates = 32;
constexpr int kLeastRsaBits = 2048;

void free_bytes(unsigned char* bytes) {
  OPENSSL_free(bytes);
}
void free_stack(STACK_OF(X509) * stack) {
  sk_X509_pop_free(stack, X509_free);
}

using CmsHandle = CHandle<CMS_ContentInfo, CMS_ContentInfo_free>;
using X509Handle = CHandle<X509, X509_free>;
using X509Stack = CHandle<STACK_OF(X509), free_stack>;

/// An object's DER by its i2d function.
template <class T, class Encode>
std::string encoded(Encode encode, T* object) {
  unsigned char* der = nullptr;
  const int size = encode(object, &der);
  const CHandle<unsigned char, free_bytes> owned(der);
  if (size <= 0) return {};
  return {reinterpret_cast<const char*>(der), static_cast<std::size_t>(size)};
}

std::string text_of(const ASN1_STRING* string) {
  if (string == nullptr) return {};
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(string)),
          static_cast<std::size_t>(ASN1_STRING_length(string))};
}

std::string dotted(const ASN1_OBJECT* object) {
  std::array<char, 128> text{};
  const int size = OBJ_obj2txt(text.data(), static_cast<int>(text.size()), object, 1);
  return size > 0 && size < static_cast<int>(text.size()) ? std::string(text.data())
                                                          : std::string();
}

X509Handle x509_of(const Certificate& certificate) {
  return decoded<X509Handle>(d2i_X509, certificate.der);
}

/// Null if there are not so many.
CMS_SignerInfo* signer_of(const CmsHandle& cms, std::size_t index) {
  if (cms == nullptr) return nullptr;
  STACK_OF(CMS_SignerInfo)* all = CMS_get0_SignerInfos(cms.get());
  return sk_CMS_SignerInfo_value(all, static_cast<int>(index));
}

// --- What a SignerInfo says ---------------------------------------------------

std::string names_of(CMS_SignerInfo* info) {
  ASN1_OCTET_STRING* key_id = nullptr;
  X509_NAME* issuer = nullptr;
  ASN1_INTEGER* serial = nullptr;
  CMS_SignerInfo_get0_signer_id(info, &key_id, &issuer, &serial);
  if (key_id != nullptr) return "key identifier " + to_hex(as_bytes(text_of(key_id)));
  const CHandle<BIO, BIO_free_all> bio(BIO_new(BIO_s_mem()));
  if (bio == nullptr || issuer == nullptr || serial == nullptr ||
      X509_NAME_print_ex(bio.get(), issuer, 0, XN_FLAG_RFC2253) < 0) {
    return "nobody";
  }
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return "serial " + to_hex(as_bytes(text_of(serial))) + " of " +
         printable({data, static_cast<std::size_t>(std::max(0L, size))});
}

int nid_of(const X509_ALGOR* algorithm) {
  const ASN1_OBJECT* object = nullptr;
  X509_ALGOR_get0(&object, nullptr, nullptr, algorithm);
  return OBJ_obj2nid(object);
}

std::optional<HashAlgorithm> digest_of(int nid) {
  switch (nid) {
    case NID_sha256: return HashAlgorithm::sha256;
    case NID_sha384: return HashAlgorithm::sha384;
    case NID_sha512: return HashAlgorithm::sha512;
    default: return std::nullopt;
  }
}

/// True if the PSS parameters (RFC 4055 section 3.1) name this digest for both of its uses.
bool pss_uses(const X509_ALGOR* algorithm, int digest) {
  int type = V_ASN1_UNDEF;
  const void* value = nullptr;
  X509_ALGOR_get0(nullptr, &type, &value, algorithm);
  if (type != V_ASN1_SEQUENCE) return false;
  const CHandle<RSA_PSS_PARAMS, RSA_PSS_PARAMS_free> parameters(
      static_cast<RSA_PSS_PARAMS*>(ASN1_item_unpack(static_cast<const ASN1_STRING*>(value),
                                                    ASN1_ITEM_rptr(RSA_PSS_PARAMS))));
  if (parameters == nullptr || parameters->hashAlgorithm == nullptr ||
      parameters->maskGenAlgorithm == nullptr ||
      nid_of(parameters->maskGenAlgorithm) != NID_mgf1) {
    return false;
  }
  X509_ALGOR_get0(nullptr, &type, &value, parameters->maskGenAlgorithm);
  if (type != V_ASN1_SEQUENCE) return false;
  const CHandle<X509_ALGOR, X509_ALGOR_free> mask(static_cast<X509_ALGOR*>(
      ASN1_item_unpack(static_cast<const ASN1_STRING*>(value), ASN1_ITEM_rptr(X509_ALGOR))));
  return mask != nullptr && nid_of(mask.get()) == digest &&
         nid_of(parameters->hashAlgorithm) == digest;
}

/// "ECDSA-SHA256"; a signature algorithm that names another digest than the message's is
/// told with both, and nobody pins that.
std::string algorithm_of(const X509_ALGOR* signature, int digest) {
  const std::string hash = OBJ_nid2sn(digest);
  const int nid = nid_of(signature);
  if (nid == NID_rsassaPss) {
    return (pss_uses(signature, digest) ? "RSA-PSS-" : "RSA-PSS-mixed-") + hash;
  }
  if (nid == NID_rsaEncryption) return "RSA-PKCS1-" + hash;
  if (nid == NID_ED25519) return digest == NID_sha512 ? "Ed25519" : "Ed25519-" + hash;
  int own_digest = NID_undef, key = NID_undef;
  if (OBJ_find_sigid_algs(nid, &own_digest, &key) != 1) return OBJ_nid2sn(nid);
  const std::string with = own_digest == digest ? hash : hash + "/" + OBJ_nid2sn(own_digest);
  if (key == NID_rsaEncryption) return "RSA-PKCS1-" + with;
  if (key == NID_X9_62_id_ecPublicKey) return "ECDSA-" + with;
  return OBJ_nid2sn(nid);
}

/// The value of a signed attribute that stands there once, with one value; else null.
const ASN1_TYPE* only_value(const CMS_SignerInfo* info, int nid) {
  const int at = CMS_signed_get_attr_by_NID(info, nid, -1);
  if (at < 0 || CMS_signed_get_attr_by_NID(info, nid, at) >= 0) return nullptr;
  X509_ATTRIBUTE* attribute = CMS_signed_get_attr(info, at);
  return X509_ATTRIBUTE_count(attribute) == 1 ? X509_ATTRIBUTE_get0_type(attribute, 0)
                                              : nullptr;
}

std::optional<Time> signing_time(const CMS_SignerInfo* info) {
  const ASN1_TYPE* value = only_value(info, NID_pkcs9_signingTime);
  std::tm parts{};
  if (value == nullptr ||
      (value->type != V_ASN1_UTCTIME && value->type != V_ASN1_GENERALIZEDTIME) ||
      ASN1_TIME_to_tm(value->value.asn1_string, &parts) != 1) {
    return std::nullopt;
  }
  return Time{::timegm(&parts)};
}

/// RFC 6211: the algorithms once more, where no one can change them. They must be the same to
/// the last bit; the second carries the tag [1] there.
bool algorithms_differ(const CMS_SignerInfo* info, const X509_ALGOR* digest,
                       const X509_ALGOR* signature) {
  const CHandle<ASN1_OBJECT, ASN1_OBJECT_free> protection(
      OBJ_txt2obj("1.2.840.113549.1.9.52", 1));
  const int at = CMS_signed_get_attr_by_OBJ(info, protection.get(), -1);
  if (at < 0) return false;
  X509_ATTRIBUTE* attribute = CMS_signed_get_attr(info, at);
  const ASN1_TYPE* value =
      X509_ATTRIBUTE_count(attribute) == 1 ? X509_ATTRIBUTE_get0_type(attribute, 0) : nullptr;
  if (value == nullptr || value->type != V_ASN1_SEQUENCE ||
      CMS_signed_get_attr_by_OBJ(info, protection.get(), at) >= 0) {
    return true;
  }
  const std::string first = encoded(i2d_X509_ALGOR, digest);
  std::string second = encoded(i2d_X509_ALGOR, signature);
  if (second.empty()) return true;
  second.front() = '\xa1';
  const std::string stated = text_of(value->value.sequence);
  return !stated.ends_with(first + second) || stated.size() - first.size() - second.size() > 4;
}

std::vector<std::string> timestamps_of(const CMS_SignerInfo* info) {
  std::vector<std::string> tokens;
  for (int at = -1;
       (at = CMS_unsigned_get_attr_by_NID(info, NID_id_smime_aa_timeStampToken, at)) >= 0;) {
    X509_ATTRIBUTE* attribute = CMS_unsigned_get_attr(info, at);
    for (int i = 0; i < X509_ATTRIBUTE_count(attribute); ++i) {
      const ASN1_TYPE* value = X509_ATTRIBUTE_get0_type(attribute, i);
      if (value == nullptr || value->type != V_ASN1_SEQUENCE) continue;
      tokens.push_back(text_of(value->value.sequence));
      if (tokens.size() == kMostSigners) return tokens;
    }
  }
  return tokens;
}

CmsSigner signer_from(CMS_SignerInfo* info) {
  X509_ALGOR* digest = nullptr;
  X509_ALGOR* signature = nullptr;
  CMS_SignerInfo_get0_algs(info, nullptr, nullptr, &digest, &signature);
  const int hash = nid_of(digest);
  CmsSigner signer{.names = names_of(info)};
  signer.algorithm = algorithm_of(signature, hash);
  signer.digest = digest_of(hash);
  signer.has_attributes = CMS_signed_get_attr_count(info) > 0;
  if (const ASN1_TYPE* type = only_value(info, NID_pkcs9_contentType)) {
    if (type->type == V_ASN1_OBJECT) signer.content_type = dotted(type->value.object);
  }
  if (const ASN1_TYPE* value = only_value(info, NID_pkcs9_messageDigest)) {
    if (value->type == V_ASN1_OCTET_STRING) {
      const std::string bytes = text_of(value->value.octet_string);
      signer.message_digest.assign(as_bytes(bytes).begin(), as_bytes(bytes).end());
    }
  }
  signer.signing_time = signing_time(info);
  signer.algorithms_differ = algorithms_differ(info, digest, signature);
  signer.signature = text_of(CMS_SignerInfo_get0_signature(info));
  signer.timestamps = timestamps_of(info);
  return signer;
}

Error bad(std::string what) {
  return malformed("sidecar-malformed", std::move(what));
}
Error too_many(const char* what, int most) {
  return undecided("limit-signature-parts",
                   "it holds more than " + std::to_string(most) + " " + what);
}

/// Those that OpenSSL can read; a certificate it cannot is nobody's.
Result<std::vector<Certificate>> certificates_of(const CmsHandle& cms) {
  const X509Stack carried(CMS_get1_certs(cms.get()));
  std::vector<Certificate> certificates;
  if (sk_X509_num(carried.get()) > kMostCertificates) {
    return too_many("certificates", kMostCertificates);
  }
  for (int i = 0; i < sk_X509_num(carried.get()); ++i) {
    auto one = parse_certificate(encoded(i2d_X509, sk_X509_value(carried.get(), i)));
    if (one) certificates.push_back(std::move(*one));
  }
  return certificates;
}

/// SigningCertificate or SigningCertificateV2 (RFC 5035) with its first certificate alone, the
/// signer's. Those behind it only narrow how he may be certified; some authorities name a root
/// there that a token does not carry.
template <class T, class Decode>
T* first_certificate(const CMS_SignerInfo* info, int nid, Decode decode) {
  const ASN1_TYPE* value = only_value(info, nid);
  if (value == nullptr || value->type != V_ASN1_SEQUENCE) return nullptr;
  const std::string all = text_of(value->value.sequence);
  const auto outer = only_der(all, der::kSequence);
  std::string_view rest = outer ? outer->content : std::string_view();
  const auto list = take_der(rest, der::kSequence);
  rest = list ? list->content : std::string_view();
  const auto first = take_der(rest, der::kSequence);
  if (!first) return nullptr;
  const std::string one = der_value(der::kSequence, der_value(der::kSequence, first->whole));
  const auto* at = reinterpret_cast<const unsigned char*>(one.data());
  return decode(nullptr, &at, static_cast<long>(one.size()));
}

/// The signed attributes as they are signed, section 5.4: a SET in DER.
std::string signed_attributes(const CMS_SignerInfo* info) {
  std::vector<std::string> attributes;
  for (int i = 0; i < CMS_signed_get_attr_count(info); ++i) {
    attributes.push_back(encoded(i2d_X509_ATTRIBUTE, CMS_signed_get_attr(info, i)));
  }
  std::ranges::sort(attributes);
  std::string content;
  for (const std::string& one : attributes) content += one;
  return der_value(der::kSet, content);
}

/// RFC 8419, which OpenSSL 3.0 does not know.
bool ed25519_fits(const CMS_SignerInfo* info, const CmsSigner& signer,
                  const Certificate& certificate) {
  constexpr std::string_view kPrefix = "ed25519:";
  const auto point =
      certificate.key_value.starts_with(kPrefix)
          ? from_hex(std::string_view(certificate.key_value).substr(kPrefix.size()))
          : std::nullopt;
  Ed25519Public key{};
  Ed25519Signature signature{};
  if (!point || point->size() != key.size() || signer.signature.size() != signature.size()) {
    return false;
  }
  std::ranges::copy(*point, key.begin());
  std::ranges::copy(as_bytes(signer.signature), signature.begin());
  const std::string bytes = signed_attributes(info);
  return verify_ed25519(key, as_bytes(bytes), signature);
}

/// The signature alone: the attributes as they stand, by the certificate's key.
bool attributes_fit(const CmsMessage& message, std::size_t signer,
                    const Certificate& certificate) {
  const CmsHandle cms = decoded<CmsHandle>(d2i_CMS_ContentInfo, message.der);
  CMS_SignerInfo* info = signer_of(cms, signer);
  const X509Handle x509 = x509_of(certificate);
  if (info == nullptr || x509 == nullptr) return false;
  const CmsSigner& one = message.signers.at(signer);
  if (one.algorithm == "Ed25519") return ed25519_fits(info, one, certificate);
  CMS_SignerInfo_set1_signer_cert(info, x509.get());
  const int answer = CMS_SignerInfo_verify(info);
  ERR_clear_error();
  return answer == 1;
}

/// Algorithms and keys that prove nothing.
Fault strength_fault(const CmsSigner& one, const Certificate& certificate) {
  if (!one.digest ||
      std::ranges::find(kCmsAlgorithms, one.algorithm) == std::end(kCmsAlgorithms)) {
    return {"weak-algorithm",
            "signed by algorithm " + printable(one.algorithm) + ", which proves nothing here"};
  }
  if (certificate.key_type == "RSA" && certificate.key_bits < kLeastRsaBits) {
    return {"weak-algorithm", "its RSA key has " + std::to_string(certificate.key_bits) +
                                  " bits, and " + std::to_string(kLeastRsaBits) +
                                  " are needed"};
  }
  if (certificate.explicit_curve) {
    return {"weak-algorithm", "its key spells out a curve instead of naming one"};
  }
  return {};
}

Result<PublicKey> public_key_of(const Certificate& certificate) {
  const X509Handle x509 = x509_of(certificate);
  const std::string spki =
      x509 == nullptr ? "" : encoded(i2d_X509_PUBKEY, X509_get_X509_PUBKEY(x509.get()));
  return PublicKey::from_der(as_bytes(spki));
}

}  // namespace

bool looks_like_cms(std::string_view bytes, std::string_view content_type) {
  // The object identifiers of SignedData and of the two content types, in DER.
  constexpr std::string_view kSigned("\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02", 11);
  constexpr std::string_view kToken("\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x04", 13);
  constexpr std::size_t kHead = 512;
  const auto der = der_of(bytes, kLabels);
  if (!der) return content_type == kCmsData && is_pem(bytes, kLabels);
  const std::string_view head = std::string_view(*der).substr(0, kHead);
  const std::size_t at = head.substr(0, 32).find(kSigned);
  if (at == head.npos) return false;
  const bool token = head.find(kToken, at) != head.npos;
  return token == (content_type == kCmsTimestamp);
}

Result<CmsMessage> parse_cms(std::string_view bytes) {
  const auto der = der_of(bytes, kLabels);
  const CmsHandle cms = der ? decoded<CmsHandle>(d2i_CMS_ContentInfo, *der) : nullptr;
  if (cms == nullptr) return bad("it is no CMS message, or bytes follow it");
  if (OBJ_obj2nid(CMS_get0_type(cms.get())) != NID_pkcs7_signed) {
    return bad("it is a CMS message that signs nothing");
  }
  STACK_OF(CMS_SignerInfo)* infos = CMS_get0_SignerInfos(cms.get());
  const int count = sk_CMS_SignerInfo_num(infos);
  if (count <= 0) return bad("it holds certificates or nothing, and no signature");
  if (count > kMostSigners) return too_many("signatures", kMostSigners);
  CmsMessage message{.der = *der, .content_type = dotted(CMS_get0_eContentType(cms.get()))};
  if (CMS_is_detached(cms.get()) != 1) {
    ASN1_OCTET_STRING** content = CMS_get0_content(cms.get());
    message.content = content == nullptr ? "" : text_of(*content);
  }
  message.certificates = TRY(certificates_of(cms));
  for (int i = 0; i < count; ++i) {
    message.signers.push_back(signer_from(sk_CMS_SignerInfo_value(infos, i)));
  }
  ERR_clear_error();
  return message;
}

bool names(const CmsMessage& message, std::size_t signer, const Certificate& certificate) {
  const CmsHandle cms = decoded<CmsHandle>(d2i_CMS_ContentInfo, message.der);
  CMS_SignerInfo* info = signer_of(cms, signer);
  const X509Handle x509 = x509_of(certificate);
  if (info == nullptr || x509 == nullptr) return false;
  ASN1_OCTET_STRING* key_id = nullptr;
  X509_NAME* issuer = nullptr;
  ASN1_INTEGER* serial = nullptr;
  CMS_SignerInfo_get0_signer_id(info, &key_id, &issuer, &serial);
  if (key_id != nullptr) return CMS_SignerInfo_cert_cmp(info, x509.get()) == 0;
  // X509_NAME_cmp takes names of other case and spacing for the same; bytes are compared.
  return issuer != nullptr && serial != nullptr &&
         ASN1_INTEGER_cmp(serial, X509_get0_serialNumber(x509.get())) == 0 &&
         encoded(i2d_X509_NAME, issuer) ==
             encoded(i2d_X509_NAME, X509_get_issuer_name(x509.get()));
}

Fault bare_signer_fault(const CmsMessage& message, std::size_t signer,
                        const Certificate& certificate,
                        std::span<const std::byte> content_digest) {
  const CmsSigner& one = message.signers.at(signer);
  if (Fault fault = strength_fault(one, certificate)) return fault;
  const SignatureScheme* scheme = find_scheme(one.algorithm);
  const auto key = public_key_of(certificate);
  if (one.has_attributes || scheme == nullptr || !key ||
      !key->verify_digest(*scheme, content_digest, as_bytes(one.signature))) {
    return {"bad-signature", "the signature does not fit the content"};
  }
  return {};
}

Fault signer_fault(const CmsMessage& message, std::size_t signer,
                   const Certificate& certificate) {
  const CmsSigner& one = message.signers.at(signer);
  if (Fault fault = strength_fault(one, certificate)) return fault;
  // Without attributes, the DER of somebody's attributes could be passed off as a file.
  if (!one.has_attributes) {
    return {"weak-signature", "it has no signed attributes (openssl cms -noattr makes such)"};
  }
  if (!attributes_fit(message, signer, certificate)) {
    return {"bad-signature", "the signature does not fit its own attributes"};
  }
  if (one.content_type != message.content_type) {
    return {"bad-signature", "what was signed is of another content type"};
  }
  if (one.message_digest.empty()) return {"weak-signature", "it signs no message digest"};
  if (one.algorithms_differ) {
    return {"bad-signature", "it was made with other algorithms than it says"};
  }
  return {};
}

bool binds_certificate(const CmsMessage& message, std::size_t signer,
                       std::span<const Certificate> known) {
  const CmsHandle cms = decoded<CmsHandle>(d2i_CMS_ContentInfo, message.der);
  const CMS_SignerInfo* info = signer_of(cms, signer);
  if (info == nullptr || known.empty()) return false;
  const CHandle<ESS_SIGNING_CERT, ESS_SIGNING_CERT_free> first(
      first_certificate<ESS_SIGNING_CERT>(info, NID_id_smime_aa_signingCertificate,
                                          d2i_ESS_SIGNING_CERT));
  const CHandle<ESS_SIGNING_CERT_V2, ESS_SIGNING_CERT_V2_free> second(
      first_certificate<ESS_SIGNING_CERT_V2>(info, NID_id_smime_aa_signingCertificateV2,
                                             d2i_ESS_SIGNING_CERT_V2));
  const X509Stack certificates(sk_X509_new_null());
  for (const Certificate& one : known) {
    X509Handle x509 = x509_of(one);
    if (x509 == nullptr || sk_X509_push(certificates.get(), x509.get()) <= 0) return false;
    static_cast<void>(x509.release());  // the stack's now
  }
  const int answer =
      OSSL_ESS_check_signing_certs(first.get(), second.get(), certificates.get(), 1);
  ERR_clear_error();
  return answer == 1;
}

}  // namespace assay
