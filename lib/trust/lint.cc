#include "trust/lint.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.h"

namespace assay {
namespace {

constexpr std::int64_t kSoon = std::int64_t{60} * 24 * 3600;

bool counts_at(const TrustedKey& key, Time at) {
  return !key.revoked_at && (!key.valid_from || *key.valid_from <= at) &&
         (!key.valid_until || at < *key.valid_until);
}

bool could_be_met(const Vendor& vendor, const Product& product, Time at) {
  std::vector<Voice> signers;
  for (const TrustedKey& key : vendor.keys) {
    if (counts_at(key, at)) signers.push_back({&key, std::nullopt});
  }
  return count_voices(product.require, signers).met();
}

/// Whether some product's demand has a place for the key.
bool is_asked_for(const Vendor& vendor, const TrustedKey& key) {
  const Voice one{&key, std::nullopt};
  const auto has_voice = [&](const Require& require, const auto& self) -> bool {
    Require flat{.need = 1, .names = require.names};
    return count_voices(flat, {&one, 1}).met() ||
           std::ranges::any_of(require.groups,
                               [&](const Require& group) { return self(group, self); });
  };
  return std::ranges::any_of(vendor.products, [&](const Product& product) {
    return has_voice(product.require, has_voice);
  });
}

void lint_key(const Vendor& vendor, const TrustedKey& key, Time now, std::vector<Lint>& found) {
  const auto say = [&](std::string what) {
    found.push_back({false, "key " + key.name, std::move(what)});
  };
  const std::string next =
      key.superseded_by.empty() ? std::string() : ", superseded by " + key.superseded_by;
  if (key.revoked_at) {
    say("is revoked since " + to_rfc3339(*key.revoked_at));
  } else if (key.valid_until && *key.valid_until <= now) {
    say("ran out " + to_rfc3339(*key.valid_until) + next);
  } else if (key.valid_until && key.valid_until->seconds - now.seconds < kSoon) {
    say("runs out " + to_rfc3339(*key.valid_until) + next);
  }
  if (!is_asked_for(vendor, key)) say("has no voice in any product's 'require'");
}

void lint_product(const Vendor& vendor, const Product& product, Time now,
                  std::vector<Lint>& found) {
  const std::string where = "product " + printable(product.name);
  const std::string demand = to_string(product.require);
  if (!could_be_met(vendor, product, now)) {
    found.push_back({true, where, "cannot pass: the keys valid now do not meet " + demand});
  } else if (!could_be_met(vendor, product, Time{now.seconds + kSoon})) {
    found.push_back({false, where, "in 60 days the keys will not meet " + demand});
  }
}

/// Patterns that stand word for word with another vendor: those files have two masters.
void lint_shared(const TrustStore& store, const Vendor& vendor, std::vector<Lint>& found) {
  for (const Vendor& other : store.vendors()) {
    if (other.id <= vendor.id) continue;
    const std::vector<std::string> theirs = other.match();
    for (const std::string& glob : vendor.match()) {
      if (std::ranges::find(theirs, glob) == theirs.end()) continue;
      found.push_back({true, "vendor " + vendor.id,
                       fmt::format("'{}' is claimed by vendor {} too: such a file cannot pass",
                                   printable(glob), other.id)});
    }
  }
}

}  // namespace

std::vector<Lint> lint(const TrustStore& store, Time now) {
  std::vector<Lint> found;
  for (const Vendor& vendor : store.vendors()) {
    if (vendor.reviewed_by.empty()) {
      found.push_back({false, "vendor " + vendor.id,
                       "'reviewed' does not say who compared the keys, and how"});
    }
    for (const TrustedKey& key : vendor.keys) lint_key(vendor, key, now, found);
    for (const Product& product : vendor.products) lint_product(vendor, product, now, found);
    lint_shared(store, vendor, found);
  }
  return found;
}

}  // namespace assay
