#include "log/period.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>

#include "crypto/envelope.h"
#include "log/append.h"
#include "log/entry.h"

namespace assay::log {
namespace {

struct World {
  std::string path = "/tmp/assay-period-test." + std::to_string(::getpid());
  SigningKey key = SigningKey::generate().take();
  Folder folder = Folder::create(path, "example.org/log", key).take();
  World() = default;
  World(const World&) = delete;
  World& operator=(const World&) = delete;
  ~World() { std::filesystem::remove_all(path); }

  void add(const std::string& statement) const {
    const std::vector<std::string> entries = {
        envelope_text({.payload_type = std::string(kInTotoPayloadType),
                       .payload = statement,
                       .signatures = {{"k", "s"}}})};
    REQUIRE(append(folder, entries, key));
  }
  void event(const std::string& kind, std::int64_t day, const std::string& sha256,
             Json::Object details = {}) const {
    add(event_statement({.kind = kind,
                         .at = {day * 86'400},
                         .subject = kind + "-subject",
                         .sha256 = sha256,
                         .details = std::move(details)}));
  }
  void verdict(const std::string& day, const std::string& sha256, const std::string& result,
               std::int64_t serial) const {
    Json::Object extension{{"rulesSerial", serial}};
    if (result == "FAILED") extension.emplace("reason", "finding");
    Json::Object predicate{{"timeVerified", day + "T00:00:00Z"},
                           {"verificationResult", result},
                           {"urn:assay:verdict:v1", std::move(extension)}};
    Json::Object subject{{"name", "agent"}, {"digest", Json::Object{{"sha256", sha256}}}};
    add(Json(Json::Object{{"_type", kStatementType},
                          {"subject", Json::Array{Json(std::move(subject))}},
                          {"predicateType", "https://slsa.dev/verification_summary/v1"},
                          {"predicate", std::move(predicate)}})
            .canonical());
  }
  Period survey(const std::string& from, const std::string& until) const {
    return log::survey(folder, folder.read_checkpoint()->tree.size, from, until).take();
  }
};

TEST_CASE("a period holds what happened in it, and knows what came before") {
  const World world;
  const std::string a(64, 'a'), b(64, 'b'), c(64, 'c');
  world.verdict("1970-01-02", a, "PASSED", 1970'01'01);
  world.verdict("1970-03-03", b, "FAILED", 1970'01'01);
  world.event("gate-decision", 62, a, {{"text", "ACCEPTED"}});
  world.event("gate-decision", 62, b, {{"text", "REFUSED"}, {"reason", "verdict-not-passed"}});
  world.event("gate-decision", 63, c, {{"text", "ACCEPTED"}});
  world.event("waiver", 63, c,
              {{"rule", "R"},
               {"approvedBy", Json::Array{Json("lead")}},
               {"expires", "1970-04-01T00:00:00Z"}});
  world.event("policy", 64, b);
  world.event("key-change", 64, b);
  world.event("revocation", 64, a, {{"text", "withdrawn"}});
  world.event("note", 64, a, {{"text", "hello"}});

  const Period whole = world.survey("", "");
  CHECK(whole.entries == 10);
  CHECK(whole.kinds.at("gate-decision") == 3);
  CHECK(whole.results.at("PASSED") == 1);

  const Period march = world.survey("1970-03-01", "1970-04-01");
  CHECK(march.entries == 9);
  CHECK(march.results.at("FAILED finding") == 1);
  REQUIRE(march.not_passed.size() == 1);
  CHECK(march.not_passed.front().index == 1);
  REQUIRE(march.old_rules.size() == 1);
  CHECK(march.old_rules.front().says == "rules serial 19700101, 61 days old");
  REQUIRE(march.refusals.size() == 1);
  CHECK(march.refusals.front().says == "verdict-not-passed");
  REQUIRE(march.without_verdict.size() == 1);
  CHECK(march.without_verdict.front().index == 4);
  CHECK(march.waivers.front().says == "R, until 1970-04-01T00:00:00Z, by lead");
  CHECK(march.changes.size() == 2);
  CHECK(march.revocations.front().says == "withdrawn");
}

}  // namespace
}  // namespace assay::log
