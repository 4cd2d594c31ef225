// Everything this program can open, check, demand and write. To add one, write
// its file and add its name to the list here.

#include "verify/registry.h"

#define CODECS(row) row(gzip) row(xz) row(zstd) row(bzip2)
#define CONTAINERS(row)                                                                  \
  row(deb) row(ar) row(rpm) row(zip) row(cpio) row(cab) row(tar) row(seven_zip) row(msi) \
      row(iso)
// signify before minisign: it takes only what its comment says is its own.
#define KEYS(row) \
  row(signify) row(minisign) row(ssh) row(spki) row(x509_leaf) row(x509_anchor) row(openpgp)
// raw last: it takes what nothing else claims.
#define SIGNATURES(row)                                                     \
  row(minisign) row(sshsig) row(signify) row(signify_embedded) row(openpgp) \
      row(openpgp_cleartext) row(cms) row(dsse) row(rfc3161) row(raw)
// Signatures inside the bundle.
#define EMBEDDED(row) \
  row(debsig) row(signify_gzip) row(pe) row(cab) row(msi) row(msi_bare) row(kernel_module)
#define MANIFESTS(row) \
  row(checksums_gnu) row(checksums_bsd) row(checksums_comma) row(checksums_bare) row(in_toto)
// In the order a report shows them.
#define REQUIREMENTS(row)                                                        \
  row(one_vendor) row(trusted_signature) row(vendor_terms) row(no_bad_signature) \
      row(signed_list) row(fully_examined) row(well_formed) row(clean_content)   \
          row(current_rules)
#define EMITTERS(row)                                                                       \
  row(text) row(json) row(html) row(markdown) row(sarif) row(junit) row(github) row(gitlab) \
      row(dotenv) row(prometheus) row(cyclonedx)

namespace assay {

#define declare(name) extern const Codec name##_codec;
CODECS(declare)
#undef declare
#define declare(name) extern const Container name##_container;
CONTAINERS(declare)
#undef declare
#define declare(name) extern const KeyFormat name##_key_format;
KEYS(declare)
#undef declare
#define declare(name) extern const SignatureFormat name##_format;
SIGNATURES(declare)
#undef declare
#define declare(name) extern const EmbeddedFormat name##_format;
EMBEDDED(declare)
#undef declare
#define declare(name) extern const ManifestFormat name##_format;
MANIFESTS(declare)
#undef declare
#define declare(name) extern const Requirement name##_requirement;
REQUIREMENTS(declare)
#undef declare
#define declare(name) extern const Emitter name##_emitter;
EMITTERS(declare)
#undef declare

Formats bundle_formats(std::vector<std::string> requested) {
#define address(name) &name##_codec,
  static constexpr const Codec* kCodecs[] = {CODECS(address)};
#undef address
#define address(name) &name##_container,
  static constexpr const Container* kContainers[] = {CONTAINERS(address)};
#undef address
  return {.codecs = kCodecs, .containers = kContainers, .requested = std::move(requested)};
}

std::vector<std::string> formats_on_request() {
  std::vector<std::string> names;
  for (const Container* container : bundle_formats().containers) {
    if (container->on_request) names.emplace_back(container->name);
  }
  return names;
}

TrustFormats trust_formats() {
#define address(name) &name##_key_format,
  static constexpr const KeyFormat* kKeys[] = {KEYS(address)};
#undef address
#define address(name) &name##_format,
  static constexpr const SignatureFormat* kSignatures[] = {SIGNATURES(address)};
  static constexpr const EmbeddedFormat* kEmbedded[] = {EMBEDDED(address)};
  static constexpr const ManifestFormat* kManifests[] = {MANIFESTS(address)};
#undef address
  return {
      .keys = kKeys, .signatures = kSignatures, .embedded = kEmbedded, .manifests = kManifests};
}

std::span<const Requirement* const> requirements() {
#define address(name) &name##_requirement,
  static constexpr const Requirement* kAll[] = {REQUIREMENTS(address)};
#undef address
  return kAll;
}

std::span<const Emitter* const> emitters() {
#define address(name) &name##_emitter,
  static constexpr const Emitter* kAll[] = {EMITTERS(address)};
#undef address
  return kAll;
}

}  // namespace assay
