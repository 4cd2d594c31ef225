#include "crypto/certificate.h"

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <ctime>

#include "base/bytes.h"
#include "base/c_handle.h"
#include "crypto/der.h"
#include "crypto/digest.h"
#include "crypto/pem.h"

namespace assay {
namespace {

constexpr std::string_view kLabels[] = {"CERTIFICATE"};
constexpr std::string_view kListLabels[] = {"X509 CRL"};
constexpr std::string_view kHint =
    "it should be what stands from BEGIN CERTIFICATE to END CERTIFICATE, or that in DER";

using X509Handle = CHandle<X509, X509_free>;
using CrlHandle = CHandle<X509_CRL, X509_CRL_free>;
using Bio = CHandle<BIO, BIO_free_all>;

void free_stack(STACK_OF(X509) * stack) {
  sk_X509_pop_free(stack, X509_free);
}
using X509Stack = CHandle<STACK_OF(X509), free_stack>;

void free_bytes(unsigned char* bytes) {
  OPENSSL_free(bytes);
}
using DerHandle = CHandle<unsigned char, free_bytes>;

X509Handle decoded_certificate(std::string_view der) {
  return decoded<X509Handle>(d2i_X509, der);
}
CrlHandle decoded_list(std::string_view der) {
  return decoded<CrlHandle>(d2i_X509_CRL, der);
}

/// RFC 4514, which is RFC 2253 to OpenSSL, with all that is not ASCII escaped.
std::string name_text(const X509_NAME* name) {
  const Bio bio(BIO_new(BIO_s_mem()));
  if (bio == nullptr || X509_NAME_print_ex(bio.get(), name, 0, XN_FLAG_RFC2253) < 0) return {};
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(std::max(0L, size))};
}

std::optional<Time> time_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return std::nullopt;
  return Time{::timegm(&parts)};
}

std::string dotted(const ASN1_OBJECT* object) {
  std::array<char, 128> text{};
  const int size = OBJ_obj2txt(text.data(), static_cast<int>(text.size()), object, 1);
  return size > 0 && size < static_cast<int>(text.size()) ? std::string(text.data())
                                                          : std::string();
}

std::string type_of(const EVP_PKEY* key) {
  switch (EVP_PKEY_get_id(key)) {
    case EVP_PKEY_RSA:
    case EVP_PKEY_RSA_PSS: return "RSA";
    case EVP_PKEY_EC: return "EC";
    case EVP_PKEY_ED25519: return "Ed25519";
    default: return {};
  }
}

std::string value_of(const X509* x509, const EVP_PKEY* key) {
  std::array<std::byte, 32> point{};
  std::size_t size = point.size();
  if (key != nullptr && EVP_PKEY_get_id(key) == EVP_PKEY_ED25519 &&
      EVP_PKEY_get_raw_public_key(key, reinterpret_cast<unsigned char*>(point.data()), &size) ==
          1) {
    return "ed25519:" + to_hex(point);
  }
  unsigned char* der = nullptr;
  const int length = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x509), &der);
  const DerHandle owned(der);
  if (length <= 0) return {};
  return "spki:" + sha256_hex(std::as_bytes(std::span(der, static_cast<std::size_t>(length))));
}

void read_key(const X509* x509, Certificate& certificate) {
  const EVP_PKEY* key = X509_get0_pubkey(x509);
  certificate.key_value = value_of(x509, key);
  if (key == nullptr) return;
  certificate.key_type = type_of(key);
  certificate.key_bits = EVP_PKEY_get_bits(key);
  int explicit_curve = 0;
  certificate.explicit_curve =
      EVP_PKEY_get_int_param(key, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS,
                             &explicit_curve) == 1 &&
      explicit_curve == 1;
}

void read_usages(X509* x509, Certificate& certificate) {
  int critical = -1;
  const CHandle<EXTENDED_KEY_USAGE, EXTENDED_KEY_USAGE_free> usages(
      static_cast<EXTENDED_KEY_USAGE*>(
          X509_get_ext_d2i(x509, NID_ext_key_usage, &critical, nullptr)));
  if (usages == nullptr) return;
  certificate.usages_critical = critical == 1;
  for (int i = 0; i < sk_ASN1_OBJECT_num(usages.get()); ++i) {
    certificate.usages.push_back(dotted(sk_ASN1_OBJECT_value(usages.get(), i)));
  }
}

/// X509_check_ca answers 3 for a self-signed certificate of version 1, which says nothing.
bool certifies(X509* x509) {
  const int answer = X509_check_ca(x509);
  return answer != 0 && answer != 3;
}

Error no_certificate() {
  return fail(Error::Kind::config, "this is no single X.509 certificate", std::string(kHint));
}

Result<Certificate> read_certificate(std::string_view der) {
  const X509Handle x509 = decoded_certificate(der);
  if (x509 == nullptr || (X509_get_extension_flags(x509.get()) & EXFLAG_INVALID) != 0) {
    return no_certificate();
  }
  const auto not_before = time_of(X509_get0_notBefore(x509.get()));
  const auto not_after = time_of(X509_get0_notAfter(x509.get()));
  if (!not_before || !not_after) return no_certificate();
  Certificate certificate{.der = std::string(der)};
  certificate.subject = name_text(X509_get_subject_name(x509.get()));
  certificate.sha256 = sha256_hex(as_bytes(der));
  certificate.not_before = *not_before;
  certificate.not_after = *not_after;
  certificate.is_ca = certifies(x509.get());
  certificate.may_sign = (X509_get_key_usage(x509.get()) & KU_DIGITAL_SIGNATURE) != 0;
  read_key(x509.get(), certificate);
  read_usages(x509.get(), certificate);
  ERR_clear_error();
  return certificate;
}

// --- Chains ------------------------------------------------------------------

/// One objection of X509_verify_cert.
struct Objected {
  int code = X509_V_OK;
  int depth = 0;
  std::string subject{};
};

/// Errors after which OpenSSL has no chain to an anchor: they end the search.
bool is_final(int code) {
  switch (code) {
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_UNABLE_TO_DECRYPT_CERT_SIGNATURE:
    case X509_V_ERR_UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY:
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_CERT_UNTRUSTED:
    case X509_V_ERR_CERT_CHAIN_TOO_LONG:
    case X509_V_ERR_OUT_OF_MEM:
    case X509_V_ERR_UNSPECIFIED: return true;
    default: return false;
  }
}

/// Notes every objection and goes on, so that each is known and none is forgotten.
int note_objection(int ok, X509_STORE_CTX* context) {
  if (ok == 1) return 1;
  auto& objections = *static_cast<std::vector<Objected>*>(X509_STORE_CTX_get_app_data(context));
  const int code = X509_STORE_CTX_get_error(context);
  X509* current = X509_STORE_CTX_get_current_cert(context);
  objections.push_back({code, X509_STORE_CTX_get_error_depth(context),
                        current == nullptr ? "" : name_text(X509_get_subject_name(current))});
  return is_final(code) ? 0 : 1;
}

/// What one run of X509_verify_cert found; `certificates` is empty if it reached no anchor.
struct Run {
  std::vector<Objected> objections{};
  std::vector<Certificate> certificates{};
};

/// What it is run with.
struct Setting {
  std::span<const Certificate> carried{};
  std::span<const Certificate> anchors{};
  std::span<const std::string> lists{};
  unsigned long flags = 0;
  Time at{};
};

bool add_certificates(std::span<const Certificate> from, STACK_OF(X509) * to) {
  return std::ranges::all_of(from, [&](const Certificate& one) {
    X509Handle x509 = decoded_certificate(one.der);
    if (x509 == nullptr || sk_X509_push(to, x509.get()) <= 0) return false;
    static_cast<void>(x509.release());  // the stack's now
    return true;
  });
}

CHandle<X509_STORE, X509_STORE_free> store_of(const Setting& setting) {
  CHandle<X509_STORE, X509_STORE_free> store(X509_STORE_new());
  if (store == nullptr) return nullptr;
  for (const Certificate& anchor : setting.anchors) {
    const X509Handle x509 = decoded_certificate(anchor.der);
    if (x509 == nullptr || X509_STORE_add_cert(store.get(), x509.get()) != 1) return nullptr;
  }
  for (const std::string& list : setting.lists) {
    const CrlHandle crl = decoded_list(list);
    if (crl == nullptr || X509_STORE_add_crl(store.get(), crl.get()) != 1) return nullptr;
  }
  return store;
}

/// Nothing if OpenSSL could not even begin.
std::optional<Run> verify(const Certificate& leaf, const Setting& setting) {
  constexpr int kSecurityLevel = 2;  // 112 bits
  constexpr int kMostBetween = 8;    // certificates between the leaf and an anchor
  const auto store = store_of(setting);
  const X509Handle x509 = decoded_certificate(leaf.der);
  const X509Stack carried(sk_X509_new_null());
  const CHandle<X509_STORE_CTX, X509_STORE_CTX_free> context(X509_STORE_CTX_new());
  if (store == nullptr || x509 == nullptr || carried == nullptr || context == nullptr ||
      !add_certificates(setting.carried, carried.get()) ||
      X509_STORE_CTX_init(context.get(), store.get(), x509.get(), carried.get()) != 1) {
    return std::nullopt;
  }
  Run run;
  X509_VERIFY_PARAM* parameters = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_PARTIAL_CHAIN | setting.flags);
  X509_VERIFY_PARAM_set_auth_level(parameters, kSecurityLevel);
  X509_VERIFY_PARAM_set_depth(parameters, kMostBetween);
  X509_VERIFY_PARAM_set_time(parameters, setting.at.seconds);
  X509_STORE_CTX_set_app_data(context.get(), &run.objections);
  X509_STORE_CTX_set_verify_cb(context.get(), note_objection);
  const int answer = X509_verify_cert(context.get());
  ERR_clear_error();
  if (answer != 1) {
    if (run.objections.empty()) run.objections.push_back({.code = X509_V_ERR_UNSPECIFIED});
    return run;
  }
  const STACK_OF(X509)* chain = X509_STORE_CTX_get0_chain(context.get());
  for (int i = 0; i < sk_X509_num(chain); ++i) {
    unsigned char* der = nullptr;
    const int size = i2d_X509(sk_X509_value(chain, i), &der);
    const DerHandle owned(der);
    if (size <= 0) return std::nullopt;
    auto certificate =
        read_certificate({reinterpret_cast<const char*>(der), static_cast<std::size_t>(size)});
    if (!certificate) return std::nullopt;
    run.certificates.push_back(std::move(*certificate));
  }
  return run;
}

std::string in_quotes(const std::string& subject) {
  return subject.empty() ? "a certificate" : "certificate '" + printable(subject) + "'";
}

Fault fault_of(const Objected& objected, Time at) {
  const std::string who = in_quotes(objected.subject);
  switch (objected.code) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return {"certificate-expired", who + " had expired by " + to_rfc3339(at)};
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return {"certificate-not-yet-valid", who + " was not yet valid at " + to_rfc3339(at)};
    case X509_V_ERR_EE_KEY_TOO_SMALL:
    case X509_V_ERR_CA_KEY_TOO_SMALL:
      return {"weak-algorithm", "the key of " + who + " is too short"};
    case X509_V_ERR_CA_MD_TOO_WEAK:
      return {"weak-algorithm", who + " is signed with a digest that proves nothing any more"};
    case X509_V_ERR_EC_KEY_EXPLICIT_PARAMS:
      return {"weak-algorithm", "the key of " + who + " does not name its curve"};
    default:
      return {"certificate-chain", who + ": " + X509_verify_cert_error_string(objected.code)};
  }
}

Fault curve_fault(std::span<const Certificate> chain) {
  for (const Certificate& one : chain) {
    if (one.explicit_curve) {
      return fault_of({X509_V_ERR_EC_KEY_EXPLICIT_PARAMS, 0, one.subject}, {});
    }
  }
  return {};
}

/// What speaks against revocation being known, rather than against the certificate.
bool is_about_lists(int code) {
  switch (code) {
    case X509_V_ERR_UNABLE_TO_GET_CRL:
    case X509_V_ERR_UNABLE_TO_DECRYPT_CRL_SIGNATURE:
    case X509_V_ERR_CRL_SIGNATURE_FAILURE:
    case X509_V_ERR_CRL_NOT_YET_VALID:
    case X509_V_ERR_CRL_HAS_EXPIRED:
    case X509_V_ERR_ERROR_IN_CRL_LAST_UPDATE_FIELD:
    case X509_V_ERR_ERROR_IN_CRL_NEXT_UPDATE_FIELD:
    case X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER:
    case X509_V_ERR_KEYUSAGE_NO_CRL_SIGN:
    case X509_V_ERR_UNHANDLED_CRITICAL_CRL_EXTENSION:
    case X509_V_ERR_DIFFERENT_CRL_SCOPE:
    case X509_V_ERR_CRL_PATH_VALIDATION_ERROR: return true;
    default: return false;
  }
}

}  // namespace

std::string short_id(const Certificate& certificate) {
  std::string id = certificate.sha256.substr(0, 16);
  for (char& c : id) {
    if (c >= 'a' && c <= 'f') c = static_cast<char>(c - 'a' + 'A');
  }
  return id;
}

Result<Certificate> parse_certificate(std::string_view bytes) {
  const auto der = der_of(bytes, kLabels);
  return der ? read_certificate(*der) : no_certificate();
}

Result<std::vector<Certificate>> parse_certificates(std::string_view bytes) {
  std::vector<Certificate> certificates;
  if (!is_pem(bytes, kLabels)) {
    certificates.push_back(TRY(parse_certificate(bytes)));
    return certificates;
  }
  const auto blocks = pem_blocks(bytes, kLabels);
  if (!blocks) return no_certificate();
  for (const std::string& der : *blocks) certificates.push_back(TRY(read_certificate(der)));
  return certificates;
}

Result<std::string> parse_revocation_list(std::string_view bytes) {
  const auto der = der_of(bytes, kListLabels);
  if (!der || decoded_list(*der) == nullptr) {
    return fail(Error::Kind::config, "this is no single certificate revocation list",
                "it should be what stands from BEGIN X509 CRL to END X509 CRL, or that in DER");
  }
  return *der;
}

Chain build_chain(const ChainQuestion& question) {
  auto run =
      verify(question.leaf,
             {.carried = question.carried, .anchors = question.anchors, .at = question.at});
  if (!run) return {};
  if (run->certificates.empty()) {
    return {.fault = {"unknown-key",
                      in_quotes(question.leaf.subject) + " leads to none that is pinned"}};
  }
  Chain chain{.certificates = std::move(run->certificates), .fault = {}};
  if (!run->objections.empty()) chain.fault = fault_of(run->objections.front(), question.at);
  if (!chain.fault) chain.fault = curve_fault(chain.certificates);
  return chain;
}

Fault find_revocation(std::span<const Certificate> chain, std::span<const std::string> lists,
                      bool required, Time now) {
  if (chain.empty()) return {"not-judged", ""};
  if (lists.empty() && !required) return {};
  // The anchor is pinned: whether it still counts is the pin's to say.
  const int anchor = static_cast<int>(chain.size()) - 1;
  if (anchor == 0) return {};
  const auto run =
      verify(chain.front(), {.carried = chain.first(chain.size() - 1),
                             .anchors = chain.last(1),
                             .lists = lists,
                             .flags = X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL,
                             .at = now});
  if (!run) return {"revocation-unknown", "the revocation lists could not be used"};
  Fault unknown;
  for (const Objected& one : run->objections) {
    if (one.depth >= anchor) continue;
    if (one.code == X509_V_ERR_CERT_REVOKED) {
      return {"certificate-revoked", in_quotes(one.subject) + " is on a revocation list"};
    }
    if (required && !unknown && is_about_lists(one.code)) {
      unknown = {"revocation-unknown",
                 in_quotes(one.subject) + ": " + X509_verify_cert_error_string(one.code)};
    }
  }
  if (run->certificates.empty()) return {"revocation-unknown", "the chain could not be walked"};
  return unknown;
}

}  // namespace assay
