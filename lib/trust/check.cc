// check: whose keys may speak for this name, and what every sidecar then proves.

#include "trust/check.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>

#include "base/bytes.h"
#include "base/similar.h"
#include "trust/embedded.h"
#include "trust/lists.h"
#include "trust/signed_file.h"
#include "trust/standing.h"

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
  std::string_view role{};  ///< what signatures are asked for; empty: as their format says
};

void refuse(SignatureRecord& record, std::string reason, std::string_view why) {
  record.verified = false;
  record.reason = std::move(reason);
  record.detail += fmt::format("{}{}", record.detail.empty() ? "" : ": ", why);
}

/// A signature that fits, by a key that does not speak for this bundle. On a
/// list it is another vendor's business that happens to lie in the same folder.
void refuse_stranger(const Check& check, const SignedFile& file, SignatureRecord& record) {
  const std::vector<const Vendor*> matching = check.store.matching(check.file.name());
  const bool claims =
      std::ranges::find(matching, check.store.find_vendor(record.vendor)) != matching.end();
  if (claims || file.name() != check.file.name()) {
    refuse(
        record, "other-vendor",
        fmt::format("a key of vendor '{}', who does not speak for this bundle", record.vendor));
  } else {
    refuse(record, "wrong-file-name",
           fmt::format("vendor '{}' is not trusted for files named '{}'", record.vendor,
                       printable(check.file.name())));
  }
}

/// Bytes that were changed, and a key that was revoked, matter whoever's key it is.
bool outweighs_the_name(std::string_view reason) {
  return reason == "bad-signature" || reason == "revoked-key" ||
         reason == "certificate-revoked";
}

/// Why a signature does not count for `file`, whoever's key it is; nothing if it does.
std::optional<Objection> objection_for(const Check& check, const SignatureFormat& format,
                                       const SignedFile& file, const Signature& signature) {
  if (signature.key == nullptr || !signature.reason.empty()) {
    return Objection{signature.reason.empty() ? "not-judged" : signature.reason,
                     signature.detail};
  }
  if (auto objection = objection_to(signature, file.name(), check.now)) return objection;
  if (format.carries != (signature.content != nullptr)) return Objection{"not-judged", ""};
  if (format.carries) return std::nullopt;
  if (const auto byte = uncovered_byte(signature.covered, file.size())) {
    return Objection{"uncovered-bytes",
                     fmt::format("it covers nothing at byte {} of the file", *byte)};
  }
  return std::nullopt;
}

/// What the signer left open: "; 6039 bytes of it unsigned (time-stamp)".
std::string unsigned_text(const Signature& signature) {
  std::uint64_t size = 0;
  std::vector<std::string_view> kinds;
  for (const UnsignedPart& part : signature.unsigned_parts) {
    size += part.range.size;
    if (std::ranges::find(kinds, part.what) == kinds.end()) kinds.push_back(part.what);
  }
  return size == 0 ? ""
                   : fmt::format("; {} bytes of the signature unsigned ({})", size,
                                 fmt::join(kinds, ", "));
}

/// One signature as the report has it.
SignatureRecord record_of(const Check& check, const SignatureFormat& format,
                          const Sidecar& sidecar, const SignedFile& file,
                          const Signature& signature) {
  SignatureRecord record{.source = sidecar.name, .format = std::string(format.name)};
  record.subject = format.carries ? sidecar.name : file.name();
  record.key_id = signature.key_id;
  record.algorithm = signature.algorithm;
  if (signature.key == nullptr) record.claimed_id = signature.claimed_id;
  if (signature.key != nullptr) {
    record.key = signature.key->name;
    record.vendor = signature.key->vendor;
    record.operator_name = signature.key->operator_name;
    record.detail = fmt::format("{} key {} '{}'", signature.key->format, record.key_id,
                                printable(record.key));
  }
  if (signature.reason.empty() && signature.key != nullptr) {
    record.verified_comment = signature.comment;
    record.claimed_time = signature.claimed_time;
    record.proven_times = signature.proven_times;
    record.version = signature.version.value_or("");
    record.names_file = !signature.file_names.empty();
    record.detail += unsigned_text(signature);
  }
  const auto objection = objection_for(check, format, file, signature);
  if (objection) {
    refuse(record, objection->reason, objection->detail);
  } else {
    record.verified = true;
  }
  return record;
}

/// A record, and the text that its signature covers if the sidecar carries one.
struct Judged {
  SignatureRecord record{};
  std::shared_ptr<const std::string> content{};
};

/// What a format is asked with.
struct Asked {
  std::span<const TrustedKey> keys{};
  std::span<const Time> proven_times{};
};

/// What the sidecar says of `file`, by the keys that may speak or by those that may not.
/// Bytes that are no signature of this format make a record too.
Result<std::vector<Signature>> ask(const Check& check, const SignatureFormat& format,
                                   const Sidecar& sidecar, const SignedFile& file,
                                   const Asked& with) {
  auto answer =
      format.verify({sidecar, file, with.keys, check.store, check.now, with.proven_times});
  if (answer && !answer->empty()) {
    for (Signature& one : *answer) {
      one.proven_times.insert(one.proven_times.end(), with.proven_times.begin(),
                              with.proven_times.end());
    }
    return answer;
  }
  if (answer) return std::vector<Signature>(1);
  const Error& error = answer.error();
  if (error.kind != Error::Kind::malformed && error.kind != Error::Kind::undecided) {
    return answer;
  }
  std::vector<Signature> refused(1);
  refused[0].reason = error.code;
  refused[0].detail = error.what;
  return refused;
}

/// What a sidecar is tells its content; where that says nothing, its name.
const SignatureFormat* signature_format(const Check& check, const Sidecar& sidecar) {
  for (const SignatureFormat* format : check.formats.signatures) {
    if (format->matches(sidecar.bytes)) return format;
  }
  // Of several that share a suffix the last asks the least of the bytes.
  const SignatureFormat* named = nullptr;
  for (const SignatureFormat* format : check.formats.signatures) {
    const bool ends = std::ranges::any_of(format->suffixes, [&](std::string_view suffix) {
      return sidecar.name.ends_with(suffix);
    });
    if (ends) named = format;
  }
  return named;
}

/// The sidecar that a time-stamp is named after, or null: then it is over the bundle.
const Sidecar* stamped_sidecar(const Check& check, const Sidecar& token) {
  const std::string_view stem = signed_name(token.name, check.formats);
  const auto found = std::ranges::find(check.sidecars, stem, &Sidecar::name);
  return found == check.sidecars.end() ? nullptr : &*found;
}

/// What a time-stamp says, by an authority that nobody takes for a signer: the record has no
/// key and counts for none.
Result<SignatureRecord> token_record(const Check& check, const SignatureFormat& format,
                                     const Sidecar& token) {
  const Sidecar* stamped = stamped_sidecar(check, token);
  const Signature answer =
      TRY(stamped == nullptr ? ask(check, format, token, check.file, {})
                             : ask(check, format, token, MemoryFile(*stamped), {}))
          .front();
  SignatureRecord record{.source = token.name, .format = std::string(format.name)};
  record.subject = stamped == nullptr ? check.file.name() : stamped->name;
  record.key_id = answer.key_id;
  record.algorithm = answer.algorithm;
  record.reason = answer.reason;
  record.detail = answer.detail;
  record.verified = answer.reason.empty() && answer.proven_times.size() == 1;
  if (record.verified) record.proven_times = answer.proven_times;
  return record;
}

/// When the sidecar existed: the times of pinned authorities over its bytes.
Result<std::vector<Time>> times_of(const Check& check, const Sidecar& sidecar) {
  std::vector<Time> times;
  for (const Sidecar& token : check.sidecars) {
    const SignatureFormat* format = signature_format(check, token);
    if (format == nullptr || !format->proves_time) continue;
    if (stamped_sidecar(check, token) != &sidecar) continue;
    const SignatureRecord record = TRY(token_record(check, *format, token));
    if (record.verified) times.push_back(record.proven_times.front());
  }
  return times;
}

/// Asks the keys that may speak first; any other key of the store can explain, but not count.
Result<std::vector<Judged>> judge_sidecar(const Check& check, const SignatureFormat& format,
                                          const Sidecar& sidecar, const SignedFile& file) {
  const Speakers& speakers = check.speakers;
  std::vector<Judged> judged;
  const std::vector<Time> times = TRY(times_of(check, sidecar));
  const std::vector<Signature> own =
      TRY(ask(check, format, sidecar, file, {speakers.own, times}));
  std::vector<Signature> others;
  if (!std::ranges::all_of(own, [](const Signature& one) { return one.key != nullptr; })) {
    others = TRY(ask(check, format, sidecar, file, {speakers.others, times}));
  }
  for (std::size_t i = 0; i < own.size(); ++i) {
    const bool by_stranger = own[i].key == nullptr && i < others.size() &&
                             others[i].key != nullptr &&
                             (others[i].names_key || others[i].reason.empty());
    Signature signature = by_stranger ? others[i] : own[i];
    if (!check.role.empty()) signature.role = check.role;
    SignatureRecord record = record_of(check, format, sidecar, file, signature);
    if (by_stranger && !outweighs_the_name(record.reason)) {
      record.detail = fmt::format("{} key {} '{}'", signature.key->format, record.key_id,
                                  printable(record.key));
      refuse_stranger(check, file, record);
    } else if (record.verified && speakers.match.vendors.size() != 1) {
      refuse(record, "ambiguous-vendor", "more than one vendor claims this file name");
    }
    judged.push_back({std::move(record), signature.content});
  }
  return judged;
}

/// The list that a signature is named after, or null: then it speaks of the bundle.
const Sidecar* signed_list(const Check& check, const Sidecar& signature) {
  const std::string_view stem = signed_name(signature.name, check.formats);
  if (stem.empty() || stem == check.file.name()) return nullptr;
  for (const Sidecar& sidecar : check.sidecars) {
    if (sidecar.name != stem) continue;
    const SignatureFormat* format = signature_format(check, sidecar);
    if (format == nullptr || format->carries) return &sidecar;
  }
  return nullptr;
}

/// What is signed by `list.minisig` and its like. A text that carries its own
/// signature says nothing of another file.
Result<std::vector<SignatureRecord>> list_signatures(const Check& check, const Sidecar& list) {
  std::vector<SignatureRecord> records;
  for (const Sidecar& sidecar : check.sidecars) {
    const SignatureFormat* format = signature_format(check, sidecar);
    if (format == nullptr || format->carries || format->proves_time ||
        signed_list(check, sidecar) != &list) {
      continue;
    }
    for (Judged& one : TRY(judge_sidecar(check, *format, sidecar, MemoryFile(list)))) {
      records.push_back(std::move(one.record));
    }
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
  SignatureRecord record = signature;
  record.source = list.name;
  record.format = answer.format;
  record.subject = check.file.name();
  record.verified_comment.clear();
  record.is_list = true;
  record.names_file = true;
  record.detail =
      fmt::format("{}: the {} {}", signature.detail,
                  answer.format == "checksums" ? "list" : "statement", answer.detail);
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

/// A list or statement that carries its signatures: read only where one of them holds.
Result<void> check_carried(const Check& check, const Sidecar& sidecar, Judged&& judged,
                           std::vector<SignatureRecord>& records) {
  records.push_back(judged.record);
  if (!judged.record.verified) return {};
  const std::string_view stem = signed_name(sidecar.name, check.formats);
  const Sidecar list{std::string(stem.empty() ? sidecar.name : stem), *judged.content};
  const ListAnswer answer = TRY(ask_list(list, check.file, check.formats.manifests));
  records.push_back(signed_list_record(check, sidecar, answer, judged.record));
  return {};
}

Result<void> check_sidecar(const Check& check, const Sidecar& sidecar,
                           std::vector<SignatureRecord>& records) {
  const SignatureFormat* format = signature_format(check, sidecar);
  if (format == nullptr) return check_list(check, sidecar, records);
  if (format->proves_time) {
    records.push_back(TRY(token_record(check, *format, sidecar)));
    return {};
  }
  if (!format->carries && signed_list(check, sidecar) != nullptr) {
    return {};  // told with its list
  }
  if (format->carries) {  // signed from outside, too: that says nothing of what it carries
    std::ranges::move(TRY(list_signatures(check, sidecar)), std::back_inserter(records));
  }
  for (Judged& one : TRY(judge_sidecar(check, *format, sidecar, check.file))) {
    if (format->carries) {
      TRY(check_carried(check, sidecar, std::move(one), records));
    } else {
      records.push_back(std::move(one.record));
    }
  }
  return {};
}

/// A signature in the bundle, by the keys that would speak for one beside it: over all of the
/// bundle, or it does not count.
Result<void> check_embedded(const Check& check, const FoundSignature& found,
                            std::vector<SignatureRecord>& records) {
  const SignatureFormat format{.name = found.format->name,
                               .suffixes = {},
                               .matches = nullptr,
                               .verify = found.format->verify};
  const JoinedFile message(check.file, found.signature.message);
  for (Judged& one : TRY(judge_sidecar(check, format, found.bytes, message))) {
    const auto byte = uncovered_byte(found.signature, check.file.size());
    if (one.record.verified && byte) {
      refuse(one.record, "uncovered-bytes",
             fmt::format("nobody signed byte {} of the file", *byte));
    }
    records.push_back(std::move(one.record));
  }
  return {};
}

Result<void> check_inside(const Check& check, std::vector<SignatureRecord>& records) {
  const FoundSignatures found = TRY(find_embedded(check.file, check.formats));
  for (const auto& [format, error] : found.faults) {
    SignatureRecord record{.source = check.file.name(),
                           .format = std::string(format->name),
                           .subject = check.file.name()};
    refuse(record, error.code, error.what);
    records.push_back(std::move(record));
  }
  for (const FoundSignature& one : found.signatures) TRY(check_embedded(check, one, records));
  return {};
}

/// What speaks for the text's own bytes, detached or carried.
Result<std::vector<SignedText>> text_signatures(const Check& check, const Sidecar& text,
                                                const Sidecar& signature, bool carried) {
  const SignatureFormat* format = signature_format(check, signature);
  if (format == nullptr || format->carries != carried) {
    SignatureRecord record{.source = signature.name, .subject = text.name};
    refuse(record, "sidecar-malformed", "no signature of a known format");
    return std::vector{SignedText{std::move(record)}};
  }
  std::vector<SignedText> texts;
  for (Judged& one : TRY(judge_sidecar(check, *format, signature, MemoryFile(text)))) {
    if (!one.record.verified) {
      one.content = nullptr;
    } else if (!carried) {
      one.content = std::make_shared<const std::string>(text.bytes);
    }
    texts.push_back({std::move(one.record), std::move(one.content)});
  }
  return texts;
}

}  // namespace

Result<std::vector<SignedText>> check_text(const TrustQuestion& question, const Sidecar& text,
                                           const std::optional<Sidecar>& signature,
                                           std::string_view role) {
  const Speakers speakers =
      TRY(speakers_for(question.store, question.vendor, question.bundle.name()));
  const Check check{question.bundle, {},  question.store, speakers, question.formats,
                    question.now,    role};
  return text_signatures(check, text, signature ? *signature : text, !signature);
}

Result<TrustFindings> check_signatures(const SignedFile& file,
                                       std::span<const Sidecar> sidecars,
                                       const TrustStore& store, std::string_view vendor,
                                       const TrustFormats& formats, Time now) {
  const Speakers speakers = TRY(speakers_for(store, vendor, file.name()));
  const Check check{file, sidecars, store, speakers, formats, now};
  TrustFindings findings{.vendor = speakers.match};
  TRY(check_inside(check, findings.signatures));
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
