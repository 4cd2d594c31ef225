// What the tests of this room share: keys that sign as minisign does, and a
// folder that goes away.

#pragma once

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/file.h"
#include "crypto/digest.h"
#include "crypto/key.h"
#include "trust/check.h"
#include "trust/minisign.h"
#include "trust/standing.h"
#include "trust/vendor_file.h"

namespace assay {

extern const KeyFormat minisign_key_format;
extern const KeyFormat signify_key_format;
extern const KeyFormat ssh_key_format;
extern const KeyFormat spki_key_format;
extern const SignatureFormat minisign_format;
extern const SignatureFormat sshsig_format;
extern const SignatureFormat signify_format;
extern const SignatureFormat signify_embedded_format;
extern const SignatureFormat dsse_format;
extern const SignatureFormat raw_format;
extern const KeyFormat x509_leaf_key_format;
extern const KeyFormat x509_anchor_key_format;
extern const SignatureFormat cms_format;
extern const SignatureFormat rfc3161_format;
extern const KeyFormat openpgp_key_format;
extern const SignatureFormat openpgp_format;
extern const SignatureFormat openpgp_cleartext_format;
extern const EmbeddedFormat debsig_format;
extern const EmbeddedFormat signify_gzip_format;
extern const EmbeddedFormat pe_format;
extern const EmbeddedFormat cab_format;
extern const EmbeddedFormat msi_format;
extern const EmbeddedFormat msi_bare_format;
extern const EmbeddedFormat kernel_module_format;
extern const ManifestFormat checksums_gnu_format;
extern const ManifestFormat checksums_bsd_format;
extern const ManifestFormat checksums_comma_format;
extern const ManifestFormat checksums_bare_format;
extern const ManifestFormat in_toto_format;

namespace test {

inline TrustFormats all_formats() {
  static constexpr const KeyFormat* kKeys[] = {
      &signify_key_format,   &minisign_key_format,    &ssh_key_format,    &spki_key_format,
      &x509_leaf_key_format, &x509_anchor_key_format, &openpgp_key_format};
  static constexpr const SignatureFormat* kSignatures[] = {
      &minisign_format, &sshsig_format,
      &signify_format,  &signify_embedded_format,
      &openpgp_format,  &openpgp_cleartext_format,
      &cms_format,      &dsse_format,
      &rfc3161_format,  &raw_format};
  static constexpr const EmbeddedFormat* kEmbedded[] = {
      &debsig_format, &signify_gzip_format, &pe_format,           &cab_format,
      &msi_format,    &msi_bare_format,     &kernel_module_format};
  static constexpr const ManifestFormat* kManifests[] = {
      &checksums_gnu_format, &checksums_bsd_format, &checksums_comma_format,
      &checksums_bare_format, &in_toto_format};
  return {
      .keys = kKeys, .signatures = kSignatures, .embedded = kEmbedded, .manifests = kManifests};
}

/// True if the shell command ends well, within a minute; it says nothing.
inline bool run(const std::string& command) {
  return std::system(("exec >/dev/null 2>&1 </dev/null; timeout 60 " + command).c_str()) ==
         0;  // NOLINT
}

/// A folder that is there as long as the object.
class TempFolder {
 public:
  TempFolder() {
    std::string form = (std::filesystem::temp_directory_path() / "assay-test-XXXXXX").string();
    path_ = ::mkdtemp(form.data());
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  ~TempFolder() {
    std::error_code error;
    std::filesystem::remove_all(path_, error);
  }
  std::string operator/(std::string_view name) const { return path_ + "/" + std::string(name); }
  const std::string& path() const { return path_; }

 private:
  std::string path_{};
};

/// A published key pinned as `trust add` would.
inline TrustedKey pinned(const PublishedKey& published, std::string name) {
  TrustedKey key{.name = std::move(name), .format = published.format, .id = published.id};
  key.display_id = published.display_id;
  key.material = published.material;
  key.value = published.value.empty() ? published.id : published.value;
  key.algorithms = published.algorithms;
  key.roles = {"payload"};
  key.namespaces = {"file"};
  return key;
}

/// A minisign key made for one test.
class MiniKey {
 public:
  explicit MiniKey(char number) : key_(SigningKey::generate().take()) {
    number_.fill(static_cast<std::byte>(number));
  }

  std::string number() const { return std::string(as_text(number_)); }

  std::string pub() const {
    const std::string bytes = "Ed" + number() + std::string(as_text(key_.public_key()));
    return "untrusted comment: minisign public key\n" + to_base64(as_bytes(bytes)) + "\n";
  }

  /// The .minisig of `message`; `comment` is the trusted one.
  std::string sign(std::string_view message, std::string_view comment,
                   std::string_view algorithm = "ED") const {
    const std::string signature =
        algorithm == "ED" ? raw(as_text(digest(HashAlgorithm::blake2b_512, as_bytes(message))))
                          : raw(message);
    const std::string line2 = std::string(algorithm) + number() + signature;
    const std::string both = signature + std::string(comment);
    std::string text = "untrusted comment: signature\n";
    text.append(to_base64(as_bytes(line2))).append("\ntrusted comment: ").append(comment);
    text.append("\n").append(to_base64(as_bytes(raw(both)))).append("\n");
    return text;
  }

  TrustedKey pinned(std::string name) const {
    return test::pinned(minisign_key_format.read(pub()).take(), std::move(name));
  }

 private:
  std::string raw(std::string_view message) const {
    const auto signature = key_.sign(as_bytes(message)).take();
    return std::string(as_text(signature));
  }

  SigningKey key_;
  MinisignKeyNumber number_{};
};

/// One sidecar asked and judged as check_signatures would, by `keys` alone.
inline Result<SignatureRecord> judged(const SignatureFormat& format, const Sidecar& sidecar,
                                      const SignedFile& file, std::span<const TrustedKey> keys,
                                      Time now) {
  const TrustStore nobody;
  auto answer = format.verify({sidecar, file, keys, nobody, now});
  SignatureRecord record{.source = sidecar.name, .format = std::string(format.name)};
  record.subject = file.name();
  if (!answer) {
    const Error::Kind kind = answer.error().kind;
    if (kind != Error::Kind::malformed && kind != Error::Kind::undecided) return answer.error();
    record.reason = answer.error().code;
    record.detail = answer.error().what;
    return record;
  }
  const Signature& one = answer->at(0);
  record.key_id = one.key_id;
  record.reason = one.reason;
  record.detail = one.detail;
  if (one.key != nullptr) record.key = one.key->name;
  if (one.key == nullptr || !one.reason.empty()) return record;
  record.verified_comment = one.comment;
  record.claimed_time = one.claimed_time;
  const auto objection = objection_to(one, file.name(), now);
  record.verified = !objection;
  record.reason = objection ? objection->reason : "";
  record.detail = objection ? objection->detail : "";
  return record;
}

/// A store with one vendor file and its key file, as text.
inline void put_vendor(const std::string& root, const std::string& vendor,
                       const std::string& match, const std::string& key_name,
                       const MiniKey& key, const std::string& more = {}) {
  const std::string keys = root + "/keys/" + vendor;
  if (!make_folder(root + "/vendors.d") || !make_folder(keys)) std::abort();
  const std::string file = vendor + "/" + key_name + ".pub";
  const std::string text = "schema = \"assay-vendor/1\"\nvendor = \"" + vendor +
                           "\"\nmatch = [" + match + "]\n[[key]]\nname = \"" + key_name +
                           "\"\nformat = \"minisign\"\nid = \"" + key.pinned("").id +
                           "\"\nfile = \"" + file + "\"\n" + more;
  if (!write_file(root + "/keys/" + file, key.pub()) ||
      !write_file(root + "/vendors.d/" + vendor + ".toml", text)) {
    std::abort();
  }
}

}  // namespace test
}  // namespace assay
