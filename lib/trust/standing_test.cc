// Whether a key counts: what became of it, against what is known of the time.

#include "trust/standing.h"

#include <doctest/doctest.h>

#include "trust/test_kit.h"

namespace assay {
namespace {

using test::MiniKey;

TEST_CASE("only a proven time lets a replaced key still vouch") {
  const MiniKey mini('k');
  TrustedKey key = mini.pinned("k");
  key.revoked_at = Time{1000};
  key.valid_until = Time{1500};
  Signature signature{.key = &key, .algorithm = "ED", .reason = ""};
  const auto standing = [&](bool compromised, std::vector<Time> proven,
                            std::optional<Time> claimed) {
    key.compromised = compromised;
    signature.proven_times = std::move(proven);
    signature.claimed_time = claimed;
    const auto objection = objection_to(signature, "f", Time{2000});
    return objection ? objection->reason : std::string("counts");
  };
  CHECK(standing(false, {}, std::nullopt) == "revoked-key");
  CHECK(standing(false, {}, Time{900}) == "revoked-key");
  CHECK(standing(false, {Time{900}}, std::nullopt) == "counts");
  CHECK(standing(false, {Time{900}, Time{1000}}, std::nullopt) == "revoked-key");
  CHECK(standing(true, {Time{900}}, std::nullopt) == "revoked-key");
  key.revoked_at.reset();
  CHECK(standing(false, {}, Time{1400}) == "expired-key");
  CHECK(standing(false, {Time{1499}}, std::nullopt) == "counts");
  CHECK(standing(false, {Time{1500}}, std::nullopt) == "expired-key");
  CHECK(standing(false, {Time{900}}, Time{2301}) == "future-signature");
  signature.role = "metadata";
  CHECK(standing(false, {Time{900}}, std::nullopt) == "wrong-role");
}

/// What became of a key whose window is 1000 to 2000.
struct Fate {
  std::string_view name;
  std::string_view revoked{};  ///< the reason, at 1500; empty: it is not
};

/// What is known of when a signature was made.
struct Known {
  std::string_view name;
  std::optional<Time> claimed{}, proven{};
};

constexpr Fate kFates[] = {{"as pinned"},
                           {"superseded", "superseded"},
                           {"retired", "retired"},
                           {"compromised", "compromised"},
                           {"revoked without a reason", "?"}};

constexpr Known kKnown[] = {{"nothing"},
                            {"claimed 900", Time{900}, {}},
                            {"claimed 1400", Time{1400}, {}},
                            {"claimed 1600", Time{1600}, {}},
                            {"claimed 2900", Time{2900}, {}},
                            {"proven 900", {}, Time{900}},
                            {"proven 1400", {}, Time{1400}},
                            {"proven 1600", {}, Time{1600}},
                            {"proven 2100", {}, Time{2100}},
                            {"claimed 900, proven 1400", Time{900}, Time{1400}},
                            {"claimed 2900, proven 1400", Time{2900}, Time{1400}}};

// One row a fate, one column what is known of the time: "." counts, "r" revoked-key,
// "e" expired-key, "y" key-not-yet-valid, "f" future-signature.
constexpr std::string_view kWithin[] = {  // the clock says 1800
    ".y..fy..e"
    "yf",
    "rrrrry.rr"
    "yf",
    "rrrrry.rr"
    "yf",
    "rrrrrrrrr"
    "rr",
    "rrrrrrrrr"
    "rr"};
constexpr std::string_view kBehind[] = {  // the clock says 2500: the window is over
    "eeeeey..e"
    "yf",
    "rrrrry.rr"
    "yf",
    "rrrrry.rr"
    "yf",
    "rrrrrrrrr"
    "rr",
    "rrrrrrrrr"
    "rr"};

char short_for(const std::optional<Objection>& objection) {
  if (!objection) return '.';
  if (objection->reason == "revoked-key") return 'r';
  if (objection->reason == "expired-key") return 'e';
  if (objection->reason == "key-not-yet-valid") return 'y';
  return objection->reason == "future-signature" ? 'f' : '?';
}

TEST_CASE("every fate of a key against every kind of time") {
  const MiniKey mini('k');
  for (const bool behind : {false, true}) {
    const Time now{behind ? 2500 : 1800};
    const std::span table = behind ? std::span(kBehind) : std::span(kWithin);
    for (std::size_t i = 0; i < std::size(kFates); ++i) {
      TrustedKey key = mini.pinned("k");
      key.valid_from = Time{1000};
      key.valid_until = Time{2000};
      if (!kFates[i].revoked.empty()) {
        key.revoked_at = Time{1500};
        key.revoked_reason = kFates[i].revoked;
        key.compromised = key.revoked_reason != "superseded" && key.revoked_reason != "retired";
      }
      std::string row;
      for (const Known& known : kKnown) {
        Signature signature{.key = &key, .algorithm = "ED", .reason = ""};
        signature.claimed_time = known.claimed;
        if (known.proven) signature.proven_times = {*known.proven};
        row += short_for(objection_to(signature, "f", now));
      }
      CAPTURE(kFates[i].name);
      CAPTURE(now.seconds);
      CHECK(row == table[i]);
    }
  }
}

}  // namespace
}  // namespace assay
