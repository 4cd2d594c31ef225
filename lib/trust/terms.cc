#include "trust/terms.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/bytes.h"

namespace assay {
namespace {

/// A clock that runs behind what was judged before cannot tell what has expired.
constexpr std::int64_t kSkew = 300;

Term met(std::string name, std::string detail) {
  return {.name = std::move(name), .reason = {}, .detail = std::move(detail)};
}
Term unmet(std::string name, std::string reason, std::string detail) {
  return {.name = std::move(name), .reason = std::move(reason), .detail = std::move(detail)};
}

/// One product, one file: everything the terms are asked with.
struct Case {
  const Vendor& vendor;
  const Product& product;
  const Evidence& evidence;
  const History& history;
  Time now;
  Time clock;
};

/// The signatures that count for the bundle: itself signed, or named by what is signed.
std::vector<const SignatureRecord*> counting(const Case& it) {
  std::vector<const SignatureRecord*> records;
  for (const SignatureRecord& record : it.evidence.signatures) {
    const bool for_bundle = record.is_list || record.subject == it.evidence.bundle.name;
    if (record.verified && record.reason.empty() && for_bundle &&
        record.vendor == it.vendor.id) {
      records.push_back(&record);
    }
  }
  return records;
}

const TrustedKey* key_of(const Case& it, const SignatureRecord& record) {
  const auto key = std::ranges::find(it.vendor.keys, record.key, &TrustedKey::name);
  return key == it.vendor.keys.end() ? nullptr : &*key;
}

/// The versions that signed data give: said by the signature, or standing in a file
/// name that is signed along. Each once.
std::vector<std::string> signed_versions(const Case& it,
                                         std::span<const SignatureRecord* const> records) {
  std::vector<std::string> versions;
  const auto add = [&](const std::string& version) {
    if (std::ranges::find(versions, version) == versions.end()) versions.push_back(version);
  };
  for (const SignatureRecord* record : records) {
    if (!record->version.empty()) add(record->version);
    if (!it.product.version || !record->names_file) continue;
    if (const auto named = version_in(it.product.version->pattern, it.evidence.bundle.name)) {
      add(*named);
    }
  }
  return versions;
}

/// The role of a debsig signature: what its member's name ends in. Nobody signed it.
std::string debsig_role(const Case& it, const SignatureRecord& record) {
  const std::string member = it.evidence.bundle.name + "!/_gpg";
  const bool has_one = record.format == "debsig" && record.source.starts_with(member);
  return has_one ? record.source.substr(member.size()) : std::string();
}

/// A key that may sign from some version on only has no voice for an older one.
bool reaches_floor_of(const TrustedKey& key, const Case& it, const SignatureRecord& record) {
  if (key.min_version.empty()) return true;
  const VersionScheme scheme =
      it.product.version ? it.product.version->scheme : VersionScheme::semver;
  const SignatureRecord* const one = &record;
  const std::vector<std::string> versions = signed_versions(it, {&one, 1});
  return !versions.empty() && std::ranges::all_of(versions, [&](const std::string& version) {
    const auto order = compare_versions(scheme, version, key.min_version);
    return order && *order >= 0;
  });
}

Term judge_require(const Case& it) {
  std::vector<Voice> signers;
  std::string below;
  for (const SignatureRecord* record : counting(it)) {
    const TrustedKey* key = key_of(it, *record);
    if (key == nullptr) continue;
    if (reaches_floor_of(*key, it, *record)) {
      signers.push_back({key, debsig_role(it, *record)});
    } else {
      below =
          fmt::format("; '{}' may sign from version {} on only", key->name, key->min_version);
    }
  }
  const Tally tally = count_voices(it.product.require, signers);
  const std::string demand = to_string(it.product.require);
  std::string voices;
  for (const std::string& voice : tally.operators) {
    voices += (voices.empty() ? "" : ", ") + printable(voice);
  }
  if (tally.met()) return met("require", fmt::format("{}: {}", demand, voices));
  return unmet(
      "require", "insufficient-threshold",
      fmt::format("{}: signed by {}{}", demand, voices.empty() ? "nobody" : voices, below));
}

/// The latest version accepted here before, by the product's own scheme.
std::optional<std::string> high_water(const Case& it) {
  std::optional<std::string> highest;
  for (const SeenVersion& seen : it.history.versions_of(it.vendor.id, it.product.name)) {
    const auto order =
        highest ? compare_versions(it.product.version->scheme, seen.version, *highest)
                : std::optional(std::strong_ordering::greater);
    if (order && *order > 0) highest = seen.version;
  }
  return highest;
}

Term not_comparable(const std::string& version) {
  return unmet("version", "no-signed-version",
               fmt::format("'{}' is no version that can be compared", printable(version)));
}

Term judge_floor(const Case& it, const std::string& version, const std::string& floor,
                 std::string_view what, bool allow_equal) {
  const auto order = compare_versions(it.product.version->scheme, version, floor);
  if (!order) return not_comparable(version);
  if (*order > 0 || (allow_equal && *order == 0)) {
    return met("version", fmt::format("{}, {} is {}", printable(version), what, floor));
  }
  return unmet("version", "below-floor",
               fmt::format("{} is {} {}, {}", printable(version),
                           *order == 0 ? "the same as" : "older than", floor, what));
}

Term judge_version(const Case& it) {
  const VersionRule& rule = *it.product.version;
  const auto records = counting(it);
  const std::vector<std::string> versions = signed_versions(it, records);
  if (versions.empty()) {
    return unmet("version", "no-signed-version", "no signature that counts tells the version");
  }
  if (versions.size() > 1) {
    return unmet(
        "version", "version-conflict",
        fmt::format("signed as {} and as {}", printable(versions[0]), printable(versions[1])));
  }
  const std::string& version = versions[0];
  if (!compare_versions(rule.scheme, version, version)) return not_comparable(version);
  Term term = met("version", printable(version));
  if (!rule.floor.empty()) {
    term = judge_floor(it, version, rule.floor, "the floor", true);
  }
  if (!term.reason.empty() || !rule.learn) return term;
  const auto seen = high_water(it);
  if (!seen) return term;
  return judge_floor(it, version, *seen, "the version accepted here before", rule.allow_equal);
}

/// Of a repository no index is taken that is older than one that was taken before: an old
/// one is signed as well, and hides what was mended since.
std::optional<Term> judge_index(const Case& it) {
  std::optional<Term> term;
  for (const SignatureRecord* record : counting(it)) {
    if (!record->repository_date) continue;
    const std::string index =
        record->repository + " of " + to_rfc3339(*record->repository_date);
    const auto before =
        it.history.index_date(it.vendor.id, it.product.name, record->repository);
    if (before && *record->repository_date < *before) {
      return unmet("index", "older-metadata",
                   fmt::format("{}, and one of {} was accepted here before", index,
                               to_rfc3339(*before)));
    }
    term = met("index", index);
  }
  return term;
}

Term judge_age(const Case& it) {
  std::optional<Time> newest;
  for (const SignatureRecord* record : counting(it)) {
    if (record->claimed_time && (!newest || *newest < *record->claimed_time)) {
      newest = record->claimed_time;
    }
  }
  if (!newest) {
    return unmet("freshness", "stale-metadata",
                 "no signature that counts says when it was made");
  }
  const Time oldest{it.now.seconds - it.product.max_age};
  const std::string made = "signed " + to_rfc3339(*newest);
  if (*newest >= oldest) return met("freshness", made);
  return unmet("freshness", "stale-metadata",
               fmt::format("{}, and it must be after {}", made, to_rfc3339(oldest)));
}

Term judge_file_name(const Case& it) {
  for (const SignatureRecord* record : counting(it)) {
    if (record->names_file) return met("file-name", "signed along");
  }
  return unmet("file-name", "filename-not-bound", "no signature that counts names the file");
}

Term judge_type(const Case& it) {
  const std::string& format = it.evidence.format;
  if (std::ranges::find(it.product.type, format) != it.product.type.end()) {
    return met("type", format);
  }
  return unmet("type", "wrong-product",
               fmt::format("the file is {}, and '{}' is shipped as {}",
                           format.empty() ? "of no known type" : format, it.product.name,
                           fmt::join(it.product.type, " or ")));
}

Term judge_clock(const Case& it) {
  const auto latest = it.history.latest();
  if (!latest || it.clock.seconds + kSkew >= latest->seconds) return met("clock", "");
  return unmet("clock", "clock-suspect",
               fmt::format("it is {}, and something was judged here at {}",
                           to_rfc3339(it.clock), to_rfc3339(*latest)));
}

/// "Any key of the vendor" is what a policy's own count of signatures asks, unless a
/// key may sign some versions only.
bool demands_signers(const Case& it) {
  return it.product.require != Require::any() ||
         std::ranges::any_of(it.vendor.keys,
                             [](const TrustedKey& key) { return !key.min_version.empty(); });
}

std::vector<Term> judge_case(const Case& it) {
  std::vector<Term> terms;
  if (demands_signers(it)) terms.push_back(judge_require(it));
  if (!it.product.type.empty()) terms.push_back(judge_type(it));
  if (it.product.version) terms.push_back(judge_version(it));
  if (auto index = judge_index(it)) terms.push_back(std::move(*index));
  if (it.product.max_age != 0) terms.push_back(judge_age(it));
  if (it.product.bind_file_name) terms.push_back(judge_file_name(it));
  if (Term clock = judge_clock(it); !clock.reason.empty()) terms.push_back(std::move(clock));
  return terms;
}

const Vendor* only_vendor(const TrustStore& store, const Evidence& evidence) {
  const std::vector<std::string>& vendors = evidence.vendor.vendors;
  return vendors.size() == 1 ? store.find_vendor(vendors.front()) : nullptr;
}

}  // namespace

void add_terms(const TrustStore& store, const History& history, Time now, Time clock,
               Evidence& evidence) {
  VendorMatch& match = evidence.vendor;
  if (const RevokedDigest* revoked = store.find_revoked(evidence.bundle.sha256)) {
    match.terms.push_back(unmet(
        "revoked", "revoked-file",
        fmt::format("since {} ({})", to_rfc3339(revoked->at), printable(revoked->reason))));
  }
  const Vendor* vendor = only_vendor(store, evidence);
  if (vendor == nullptr) return;
  const std::vector<const Product*> products = vendor->products_for(evidence.bundle.name);
  if (products.size() != 1) {
    std::string names;
    for (const Product* product : products) {
      names += (names.empty() ? "" : " and ") + printable(product->name);
    }
    match.terms.push_back(unmet(
        "product", "ambiguous-product",
        products.empty() ? "no product of the vendor has that name" : "it could be " + names));
    return;
  }
  match.product = products[0]->name;
  std::ranges::move(judge_case({*vendor, *products[0], evidence, history, now, clock}),
                    std::back_inserter(match.terms));
}

std::vector<Lesson> lessons_of(const TrustStore& store, const Evidence& evidence, Time at) {
  std::vector<Lesson> lessons;
  const Vendor* vendor = only_vendor(store, evidence);
  if (vendor == nullptr) return lessons;
  const auto product =
      std::ranges::find(vendor->products, evidence.vendor.product, &Product::name);
  if (product == vendor->products.end()) return lessons;
  const History none;
  const Case it{*vendor, *product, evidence, none, at, at};
  const auto records = counting(it);
  if (product->version && product->version->learn) {
    const std::vector<std::string> versions = signed_versions(it, records);
    if (versions.size() == 1) {
      lessons.push_back(SeenVersion{vendor->id, product->name, versions[0], at});
    }
  }
  for (const SignatureRecord* record : records) {
    if (record->repository_date) {
      lessons.push_back(SeenIndex{vendor->id, product->name, record->repository,
                                  *record->repository_date, at});
    }
    const TrustedKey* key = key_of(it, *record);
    if (key != nullptr) lessons.push_back(SeenKey{vendor->id, key->id, at});
  }
  return lessons;
}

std::vector<std::string> new_voices(const TrustStore& store, const History& history,
                                    const Evidence& evidence) {
  std::vector<std::string> lines;
  for (const Lesson& lesson : lessons_of(store, evidence, Time{})) {
    const auto* const spoke = std::get_if<SeenKey>(&lesson);
    if (spoke == nullptr || history.knows(lesson)) continue;
    const Vendor& vendor = *store.find_vendor(spoke->vendor);
    const std::vector<SeenKey> before = history.keys_of(vendor.id);
    if (before.empty()) continue;
    const auto name_of = [&](const std::string& id) {
      const auto key = std::ranges::find(vendor.keys, id, &TrustedKey::id);
      return key == vendor.keys.end() ? "one that is pinned no more" : "'" + key->name + "'";
    };
    std::string line = fmt::format("key {} speaks here for the first time; {} has since {}",
                                   name_of(spoke->key), name_of(before.back().key),
                                   to_rfc3339(before.back().at));
    if (std::ranges::find(lines, line) == lines.end()) lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace assay
