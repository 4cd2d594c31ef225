#include "verify/pipeline.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <cstdio>

#include "base/file.h"
#include "verify/registry.h"

namespace assay {
namespace {

/// Says what it was told to say, whatever the bundle holds.
class FakeExaminer final : public Examiner {
 public:
  Result<Examination> examine(const Source& /*source*/,
                              const Limits& /*limits*/) const override {
    if (fault) return *fault;
    return answer;
  }
  Examination answer{};
  std::optional<Error> fault{};
};

/// A world in which everything is fine but that nobody is trusted.
struct World {
  FakeExaminer examiner{};
  TrustStore trust{};
  SigningKey key = SigningKey::generate().take();
  Policy policy{};
  std::string path = "/tmp/assay-pipeline-test." + std::to_string(::getpid());

  World() {
    REQUIRE(write_file(path, "bundle"));
    examiner.answer.members = {{.path = "b", .kind = MemberKind::file, .scanned = true}};
    examiner.answer.sandbox = "seccomp";
    examiner.answer.coverage = {
        .members = 1, .scanned = 1, .bytes = 6, .complete = true, .ledger = {.member = 6}};
    policy = load_policy(built_in_policy("baseline"), "p", requirements(), now()).take();
  }
  World(const World&) = delete;
  World& operator=(const World&) = delete;
  ~World() { std::remove(path.c_str()); }

  static Time now() { return Time{1790000000}; }

  Result<Report> run(Request request = {}) {
    request.bundle = path;
    return verify(
        request, policy,
        {.examiner = examiner,
         .trust = trust,
         .trust_formats = trust_formats(),
         .requirements = requirements(),
         .rules = {.serial = 20260901, .sha256 = std::string(64, '0'), .loaded = 5},
         .tool = {.version = "0", .sha256 = std::string(64, '1'), .verifier_id = "urn:t"},
         .clock = now,
         .signer = &key});
  }
};

const Answer& answer(const Report& report, std::string_view name) {
  for (const Answer& one : report.verdict.answers) {
    if (one.requirement == name) return one;
  }
  throw std::runtime_error("no such answer");
}

TEST_CASE("clean contents without a trusted signature are FAILED") {
  World world;
  const Report report = world.run().take();
  CHECK(report.verdict.outcome == Outcome::failed);
  CHECK(answer(report, "trusted-signature").reason == "no-trusted-signature");
  CHECK(answer(report, "clean-content").state == Answer::State::met);
  CHECK(report.evidence.bundle.size == 6);
  CHECK_FALSE(report.core_sha256.empty());
}

TEST_CASE("an examination that found out nothing never helps") {
  World world;
  world.examiner.answer = Examination{};
  const Report report = world.run().take();
  CHECK(report.verdict.outcome != Outcome::passed);
  CHECK(answer(report, "fully-examined").state != Answer::State::met);
}

TEST_CASE("an examiner that breaks is an error, not a verdict") {
  World world;
  world.examiner.fault = fail(Error::Kind::internal, "broken");
  const auto report = world.run();
  REQUIRE_FALSE(report);
  CHECK(report.error().context.front() == "examining the bundle");
}

TEST_CASE("a verdict that cannot be written is not handed out") {
  World world;
  const auto report = world.run({.verdict_file = "/no/such/folder/verdict"});
  REQUIRE_FALSE(report);
  CHECK(report.error().kind == Error::Kind::durability);
}

TEST_CASE("--at decides every expiry and stands in the core") {
  World world;
  const Report early = world.run({.at = Time{1780000000}}).take();
  CHECK(early.effective_time.seconds == 1780000000);
  CHECK(early.core_sha256 == world.run({.at = Time{1780000000}}).take().core_sha256);
  CHECK(early.core_sha256 != world.run().take().core_sha256);
}

}  // namespace
}  // namespace assay
