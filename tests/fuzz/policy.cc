#include "policy/policy.h"

#include <algorithm>

#include "crypto/digest.h"
#include "fuzz.h"
#include "verify/registry.h"

namespace assay::fuzz {
namespace {

constexpr Time kNow{1780272000};  // 2026-06-01

}  // namespace

std::vector<std::string> seeds() {
  return {built_in_policy("baseline"), built_in_policy("strict")};
}

namespace {

/// A message is for a terminal: lines of printable ASCII.
void expect_plain(const Error& error) {
  expect(error.kind == Error::Kind::config && !error.what.empty(), "a bad policy is told so");
  const std::string message = to_text(error);
  expect(
      std::ranges::all_of(message, [](char c) { return c == '\n' || (c >= ' ' && c < 127); }),
      "in printable text");
}

}  // namespace
}  // namespace assay::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace assay;
  using fuzz::expect;
  const std::string input(fuzz::text(data, size));
  const auto policy = load_policy(input, "p.toml", requirements(), fuzz::kNow);
  if (!policy) {
    fuzz::expect_plain(policy.error());
    return 0;
  }
  expect(policy->sha256 == sha256_hex(as_bytes(input)), "its digest is that of its bytes");
  expect(!policy->require.empty(), "it demands something");
  for (const std::string& name : policy->require) {
    expect(
        std::ranges::any_of(requirements(), [&](const auto* it) { return it->name == name; }),
        "that somebody can judge");
  }
  expect(fuzz::kNow < policy->expires, "it has not expired");
  expect(policy->serial >= 1 && policy->signatures >= 1 && policy->min_rules >= 1 &&
             policy->valid_for >= 1 && policy->limits.depth >= 1 && policy->limits.seconds >= 1,
         "no number is nothing");
  expect(judge(*policy, {}, requirements(), fuzz::kNow).outcome != Outcome::passed,
         "no evidence is no pass");
  return 0;
}
