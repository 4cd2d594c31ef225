// What the gate makes of what a log answers: each no has its reason and its exit code.

#include <doctest/doctest.h>

#include "crypto/digest.h"
#include "verdict/fixture.h"

namespace assay {
namespace {

/// Says what it was told to, and remembers what it was asked.
class FakeLog final : public GateLog {
 public:
  Result<std::string> admit(std::string_view verdict) override {
    asked = verdict;
    if (!refusal.empty()) return error(refusal);
    return std::string("it is there");
  }
  Result<std::string> witnessed(const GateLogConfig& demanded, Time /*now*/) override {
    CHECK(demanded.quorum == 1);
    if (!stale.empty()) return error(stale);
    return std::string("seen");
  }
  Result<std::string> revoked(std::span<const std::string> sha256s) override {
    digests.assign(sha256s.begin(), sha256s.end());
    if (!broken.empty()) return error(broken);
    return why;
  }
  Result<bool> used(const std::string& nonce) override { return nonce == used_nonce; }

  static Error error(const std::string& code) {
    return {
        .kind = Error::Kind::durability, .code = code == "none" ? "" : code, .what = "what"};
  }

  std::string asked{}, refusal{}, stale{}, broken{}, why{}, used_nonce{};
  std::vector<std::string> digests{};
};

struct World {
  SigningKey key = SigningKey::generate().take();
  std::string file{};
  FakeLog log{};
  GateConfig config = good_gate(key);

  World() {
    Report report = good_report();
    file = seal(report, good_run(), key).take();
    config.log =
        GateLogConfig{.vkey = "k", .witnesses = {"w"}, .quorum = 1, .max_witness_age = kDay};
  }
  GateDecision decide(bool with_log = true) {
    GateRequest request = good_request(file);
    if (with_log) request.log = &log;
    return assay::decide(config, request);
  }
};

TEST_CASE("a verdict that is in its log, seen, not revoked and not used is accepted") {
  World world;
  const GateDecision decision = world.decide();
  CHECK(decision.accepted);
  CHECK(decision.exit_code == 0);
  // The log is asked for the very line, and for every digest that it binds.
  const std::size_t start = world.file.find('\n') + 1;
  CHECK(world.log.asked == world.file.substr(start, world.file.size() - start - 1));
  REQUIRE(world.log.digests.size() == 8);
  CHECK(world.log.digests[0] == sha256_hex(as_bytes(world.log.asked)));
  CHECK(world.log.digests[1] == good_report().evidence.bundle.sha256);
  CHECK(world.log.digests[3] == key_id(world.key.public_key()));
}

TEST_CASE("each no of the log is a refusal with its own reason") {
  for (const std::string code : {"log-not-included", "log-proof-malformed", "log-signature",
                                 "log-origin", "log-witness-stale"}) {
    World world;
    world.log.refusal = code;
    CHECK(world.decide().reason == code);
    CHECK(world.decide().exit_code == 4);
  }
  for (const std::string code :
       {"log-damaged", "log-forked", "log-rewritten", "log-rolled-back", "log-truncated"}) {
    World world;
    world.log.refusal = code;
    CHECK(world.decide().exit_code == 5);
    CHECK(world.decide().reason == code);
    CHECK_FALSE(world.decide().hint.empty());
    world.log.refusal.clear();
    world.log.stale = code;
    CHECK(world.decide().exit_code == 5);
    world.log.stale.clear();
    world.log.broken = code;
    CHECK(world.decide().exit_code == 5);
  }
}

TEST_CASE("what cannot be asked is not accepted") {
  World world;
  CHECK(world.decide(false).reason == "log-missing");
  world.log.refusal = "none";
  CHECK(world.decide().reason == "log-missing");
  world.log.refusal.clear();
  world.log.broken = "none";
  CHECK(world.decide().reason == "log-missing");
}

TEST_CASE("revoked, used and unseen verdicts are refused") {
  World world;
  world.log.why = "entry 3: stolen";
  CHECK(world.decide().reason == "verdict-revoked");
  CHECK(world.decide().detail == "entry 3: stolen");
  world.log.why.clear();
  world.log.used_nonce = good_run().nonce;
  CHECK(world.decide().reason == "verdict-nonce-used");
  world.log.used_nonce.clear();
  world.log.stale = "log-witness-stale";
  CHECK(world.decide().reason == "log-witness-stale");
  CHECK(world.decide().exit_code == 4);
  world.config.log->witnesses.clear();
  CHECK(world.decide().accepted);
}

}  // namespace
}  // namespace assay
