// check: every signature and checksum list beside a bundle, evaluated against
// the trust store. All of them are reported; only what verifies counts.

#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "bundle/source.h"
#include "crypto/digest.h"
#include "model/evidence.h"
#include "trust/store.h"

namespace assay {

/// A file beside the bundle that may speak for it.
struct Sidecar {
  std::string name{};  ///< base name
  std::string bytes{};
};

/// What signatures and lists speak of: the bundle, or a list beside it.
class SignedFile {
 public:
  virtual ~SignedFile() = default;
  virtual const std::string& name() const = 0;  ///< base name, raw
  /// Each algorithm is computed once.
  virtual Result<std::vector<std::byte>> digest(HashAlgorithm algorithm) const = 0;
  /// Every byte; `undecided`, code limit-whole-file-bytes, if there are more than `max_bytes`.
  virtual Result<std::string> whole(std::uint64_t max_bytes) const = 0;
};

/// SignatureFormat: one row. Given a sidecar, says what it proves about `file`.
struct SignatureFormat {
  std::string_view name;    ///< "minisign"
  std::string_view suffix;  ///< ".minisig": FILE + suffix signs FILE
  bool (*matches)(std::string_view bytes);
  /// `keys` are those the vendor may sign `file` with. Sets everything of the
  /// record but vendor; leaves verified false unless all of it holds. Fails
  /// only if `file` cannot be read.
  Result<void> (*verify)(const Sidecar& sidecar, const SignedFile& file,
                         std::span<const TrustedKey> keys, Time now, SignatureRecord& record);
};

/// ManifestFormat: one row. A list of digests; data until its bytes are signed.
struct ManifestEntry {
  std::string name{};  ///< raw bytes, unescaped
  std::string
      algorithm{};    ///< "sha256", "sha384", "sha512", "blake2b", or one that never counts
  std::string hex{};  ///< lower case
};
struct ManifestFormat {
  std::string_view name;  ///< "checksums-gnu"
  bool (*matches)(std::string_view bytes);
  /// Fails as `malformed` with code "list-malformed" and the line.
  Result<std::vector<ManifestEntry>> (*parse)(const Sidecar& sidecar);
};

struct TrustFormats {
  std::span<const SignatureFormat* const> signatures{};
  std::span<const ManifestFormat* const> manifests{};
};

/// Sidecars found by their names beside `bundle_path`, in a fixed order:
/// FILE.minisig; FILE.sha256 and its kin, SHA256SUMS and its kin (in any case),
/// each followed by its own .minisig. Then those given by hand in `named`,
/// which must exist and take the place of a found one of the same name; a
/// list among them brings its .minisig along. Fails with io (over 16 MiB each,
/// over 64 in all) or usage (the same name twice, or the bundle's).
Result<std::vector<Sidecar>> find_sidecars(const std::string& bundle_path,
                                           const TrustFormats& formats,
                                           std::span<const std::string> named);

struct TrustFindings {
  VendorMatch vendor{};
  std::vector<SignatureRecord> signatures{};
};

/// `vendor` is --vendor or empty; one the store does not know is a usage error.
/// With no or several matching vendors every sidecar is still evaluated,
/// against all keys of the store, and none counts. A list yields one record
/// for each key that signed it (is_list), beside the records of its
/// signatures (subject: the list's name).
Result<TrustFindings> check_signatures(const Source& source, std::span<const Sidecar> sidecars,
                                       const TrustStore& store, std::string_view vendor,
                                       const TrustFormats& formats, Time now);

/// The same for any file.
Result<TrustFindings> check_signatures(const SignedFile& file,
                                       std::span<const Sidecar> sidecars,
                                       const TrustStore& store, std::string_view vendor,
                                       const TrustFormats& formats, Time now);

}  // namespace assay
