// check: whose keys may speak for this name, and what every sidecar then proves.

#include "trust/check.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.h"
#include "base/similar.h"
#include "trust/lists.h"
#include "trust/signed_file.h"

namespace assay {
namespace {

/// Who may speak for a file name.
struct Speakers {
  VendorMatch match{};
  std::vector<TrustedKey>
      own{};  ///< keys of the vendors that claim the name, or of the chosen one
  std::vector<TrustedKey> others{};  ///< all other keys of the store
};

Error no_such_vendor(const TrustStore& store, std::string_view vendor) {
  std::vector<std::string> known;
  for (const Vendor& one : store.vendors()) known.push_back(one.id);
  const std::string near = similar(vendor, known);
  return fail(
      Error::Kind::usage, fmt::format("the trust store has no vendor '{}'", printable(vendor)),
      near.empty() ? "`assay trust list` shows those it has" : "did you mean '" + near + "'?");
}

/// With `vendor` given only he is asked, and his globs must match all the same.
Result<Speakers> speakers_for(const TrustStore& store, std::string_view vendor,
                              std::string_view file_name) {
  if (!vendor.empty() && store.find_vendor(vendor) == nullptr) {
    return no_such_vendor(store, vendor);
  }
  Speakers speakers{.match = {.chosen_by_hand = !vendor.empty()}};
  const std::vector<const Vendor*> matching = store.matching(file_name);
  for (const Vendor& one : store.vendors()) {
    const bool own = (vendor.empty() || one.id == vendor) &&
                     std::ranges::find(matching, &one) != matching.end();
    if (own) speakers.match.vendors.push_back(one.id);
    auto& keys = own ? speakers.own : speakers.others;
    keys.insert(keys.end(), one.keys.begin(), one.keys.end());
  }
  return speakers;
}

/// Everything one check is made with.
struct Check {
  const SignedFile& file;
  std::span<const Sidecar> sidecars;
  const TrustStore& store;
  const Speakers& speakers;
  const TrustFormats& formats;
  Time now;
};

const Vendor* vendor_of_key(const TrustStore& store, std::string_view key) {
  for (const Vendor& vendor : store.vendors()) {
    if (std::ranges::find(vendor.keys, key, &TrustedKey::name) != vendor.keys.end()) {
      return &vendor;
    }
  }
  return nullptr;
}

void refuse(SignatureRecord& record, std::string reason, std::string_view why) {
  record.verified = false;
  record.reason = std::move(reason);
  record.detail += fmt::format("{}{}", record.detail.empty() ? "" : ": ", why);
}

/// A signature that fits, by a key that does not speak for this bundle. On a
/// list it is another vendor's business that happens to lie in the same folder.
void refuse_stranger(const Check& check, const SignedFile& file, SignatureRecord& record) {
  const Vendor& vendor = *vendor_of_key(check.store, record.key);
  const std::vector<const Vendor*> matching = check.store.matching(check.file.name());
  const bool claims = std::ranges::find(matching, &vendor) != matching.end();
  if (claims || file.name() != check.file.name()) {
    refuse(record, "other-vendor",
           fmt::format("a key of vendor '{}', who does not speak for this bundle", vendor.id));
  } else {
    refuse(record, "wrong-file-name",
           fmt::format("vendor '{}' is not trusted for files named '{}'", vendor.id,
                       printable(check.file.name())));
  }
}

/// Bytes that were changed, and a key that was revoked, matter whoever's key it is.
bool outweighs_the_name(const SignatureRecord& record) {
  return record.reason == "bad-signature" || record.reason == "revoked-key";
}

/// Asks the keys that may speak first; any other key of the store can explain, but not count.
Result<SignatureRecord> check_signature(const Check& check, const SignatureFormat& format,
                                        const Sidecar& sidecar, const SignedFile& file) {
  const Speakers& speakers = check.speakers;
  SignatureRecord record;
  TRY(format.verify(sidecar, file, speakers.own, check.now, record));
  if (record.reason == "unknown-key") {
    SignatureRecord stranger;
    TRY(format.verify(sidecar, file, speakers.others, check.now, stranger));
    if (!stranger.key.empty()) {
      if (!outweighs_the_name(stranger)) {
        stranger.detail = fmt::format("{} key {} '{}'", stranger.format, stranger.key_id,
                                      printable(stranger.key));
        refuse_stranger(check, file, stranger);
      }
      record = std::move(stranger);
    }
  } else if (record.verified && speakers.match.vendors.size() != 1) {
    refuse(record, "ambiguous-vendor", "more than one vendor claims this file name");
  }
  if (!record.key.empty()) record.vendor = vendor_of_key(check.store, record.key)->id;
  return record;
}

const SignatureFormat* signature_format(const Check& check, const Sidecar& sidecar) {
  for (const SignatureFormat* format : check.formats.signatures) {
    if (sidecar.name.ends_with(format->suffix)) return format;
  }
  for (const SignatureFormat* format : check.formats.signatures) {
    if (format->matches(sidecar.bytes)) return format;
  }
  return nullptr;
}

/// The list that a signature is named after, or null: then it speaks of the bundle.
const Sidecar* signed_list(const Check& check, const SignatureFormat& format,
                           const Sidecar& signature) {
  if (!signature.name.ends_with(format.suffix)) return nullptr;
  const std::string_view stem =
      std::string_view(signature.name).substr(0, signature.name.size() - format.suffix.size());
  if (stem == check.file.name()) return nullptr;
  for (const Sidecar& sidecar : check.sidecars) {
    if (sidecar.name == stem && signature_format(check, sidecar) == nullptr) return &sidecar;
  }
  return nullptr;
}

/// Records of what is signed by `list.minisig` and its like.
Result<std::vector<SignatureRecord>> list_signatures(const Check& check, const Sidecar& list) {
  std::vector<SignatureRecord> records;
  for (const Sidecar& sidecar : check.sidecars) {
    const SignatureFormat* format = signature_format(check, sidecar);
    if (format == nullptr || signed_list(check, *format, sidecar) != &list) continue;
    records.push_back(TRY(check_signature(check, *format, sidecar, MemoryFile(list))));
  }
  return records;
}

SignatureRecord list_record(const Check& check, const Sidecar& list) {
  return {.source = list.name, .format = "checksums", .subject = check.file.name()};
}

/// The list as data: what it says is for the reader, and counts for nothing.
SignatureRecord unsigned_list(const Check& check, const Sidecar& list, const ListAnswer& answer,
                              bool has_signature) {
  SignatureRecord record = list_record(check, list);
  if (!has_signature && answer.reason == "list-malformed" && !is_list_name(list.name)) {
    refuse(record, "sidecar-malformed",
           "neither a signature nor a checksum list of a known format");
  } else {
    refuse(
        record, "list-unsigned",
        fmt::format("no trusted signature on this list; it {}",
                    answer.reason == "list-malformed" ? "cannot be read (" + answer.detail + ")"
                                                      : answer.detail));
  }
  return record;
}

/// What the list says, in the name of the key that signed it.
SignatureRecord signed_list_record(const Check& check, const Sidecar& list,
                                   const ListAnswer& answer, const SignatureRecord& signature) {
  SignatureRecord record = list_record(check, list);
  record.vendor = signature.vendor;
  record.key = signature.key;
  record.key_id = signature.key_id;
  record.claimed_time = signature.claimed_time;
  record.is_list = true;
  record.detail = fmt::format("{}: the list {}", signature.detail, answer.detail);
  record.verified = signature.verified && answer.reason.empty();
  record.reason = answer.reason;
  return record;
}

Result<void> check_list(const Check& check, const Sidecar& list,
                        std::vector<SignatureRecord>& records) {
  const std::vector<SignatureRecord> signatures = TRY(list_signatures(check, list));
  const ListAnswer answer = TRY(ask_list(list, check.file, check.formats.manifests));
  std::vector<std::string> counted;
  for (const SignatureRecord& signature : signatures) {
    records.push_back(signature);
    const bool first = std::ranges::find(counted, signature.key) == counted.end();
    if (!signature.verified || !first) continue;
    counted.push_back(signature.key);
    records.push_back(signed_list_record(check, list, answer, signature));
  }
  if (counted.empty()) {
    records.push_back(unsigned_list(check, list, answer, !signatures.empty()));
  }
  return {};
}

Result<void> check_sidecar(const Check& check, const Sidecar& sidecar,
                           std::vector<SignatureRecord>& records) {
  const SignatureFormat* format = signature_format(check, sidecar);
  if (format == nullptr) return check_list(check, sidecar, records);
  if (signed_list(check, *format, sidecar) != nullptr) return {};  // told with its list
  records.push_back(TRY(check_signature(check, *format, sidecar, check.file)));
  return {};
}

}  // namespace

Result<TrustFindings> check_signatures(const SignedFile& file,
                                       std::span<const Sidecar> sidecars,
                                       const TrustStore& store, std::string_view vendor,
                                       const TrustFormats& formats, Time now) {
  const Speakers speakers = TRY(speakers_for(store, vendor, file.name()));
  const Check check{file, sidecars, store, speakers, formats, now};
  TrustFindings findings{.vendor = speakers.match};
  for (const Sidecar& sidecar : sidecars)
    TRY(check_sidecar(check, sidecar, findings.signatures));
  return findings;
}

Result<TrustFindings> check_signatures(const Source& source, std::span<const Sidecar> sidecars,
                                       const TrustStore& store, std::string_view vendor,
                                       const TrustFormats& formats, Time now) {
  return check_signatures(SnapshotFile(source), sidecars, store, vendor, formats, now);
}

}  // namespace assay
