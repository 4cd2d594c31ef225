// check: every signature in a bundle, and every one and every checksum list beside it,
// evaluated against the trust store. All of them are reported; only what verifies counts.

#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "bundle/source.h"
#include "model/evidence.h"
#include "trust/formats.h"
#include "trust/store.h"

namespace assay {

/// Sidecars found by their names beside `bundle_path`, in a fixed order: what the
/// formats' suffixes make of FILE; FILE.sha256 and its kin, SHA256SUMS and its kin (in
/// any case), each followed by what signs it; and lists that carry their signature in
/// themselves; a signature is followed by its time-stamps. Then those given by hand in `named`,
/// which must exist and take the place of a found one of the same name; a list among them
/// brings its signatures along, a signature its time-stamps. Fails with io (over 16 MiB each,
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

/// What is asked of a text that speaks for a bundle by what stands in it.
struct TrustQuestion {
  const SignedFile& bundle;
  const TrustStore& store;
  std::string_view vendor{};  ///< --vendor or empty
  TrustFormats formats{};
  Time now{};
};

/// One signature over a text, and what it covers if it counts.
struct SignedText {
  SignatureRecord record{};
  std::shared_ptr<const std::string> content{};  ///< null if it does not count
};

/// Every signature over `text`: those of `signature`, or those it carries itself. They
/// count by keys of the bundle's vendor that are pinned for `role`. Fails as
/// check_signatures does.
Result<std::vector<SignedText>> check_text(const TrustQuestion& question, const Sidecar& text,
                                           const std::optional<Sidecar>& signature,
                                           std::string_view role);

}  // namespace assay
