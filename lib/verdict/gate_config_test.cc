#include <doctest/doctest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "base/file.h"
#include "verdict/gate.h"

namespace assay {
namespace {

/// A folder with two keys in it and one file that is none.
class Folder {
 public:
  Folder() {
    char path[] = "/tmp/assay-gate-test.XXXXXX";
    path_ = ::mkdtemp(path);
    REQUIRE(write_file(path_ + "/a.pem", public_key_pem(a.public_key())));
    REQUIRE(write_file(path_ + "/b.pem", public_key_pem(b.public_key())));
    REQUIRE(write_file(path_ + "/no.pem", "no key\n"));
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  Result<GateConfig> load(std::string text) const {
    return load_gate_config(std::move(text), path_ + "/gate.toml");
  }
  const std::string& path() const { return path_; }

  SigningKey a = SigningKey::generate().take(), b = SigningKey::generate().take();

 private:
  std::string path_;
};

const std::string kDigest(64, '5');

const std::string kGood =
    "schema = \"assay-gate/1\"\n"
    "policies = [\"urn:p\"]\n"
    "policy_sha256 = [\"" +
    kDigest +
    "\"]\n"
    "trust_sha256 = [\"" +
    kDigest +
    "\"]\n"
    "levels = [\"ASSAY_SIGNED_1\"]\n"
    "audience = [\"prod\"]\n"
    "min_policy_serial = 2\n"
    "min_rules_serial = 20260101\n"
    "max_age = \"7d\"\n"
    "resource = \"pkg:x\"\n"
    "[[key]]\n"
    "name = \"ci\"\n"
    "file = \"a.pem\"\n"
    "verifier = \"urn:v\"\n"
    "valid_from = 2026-01-01T00:00:00Z\n"
    "valid_until = 2027-01-01T00:00:00Z\n"
    "[[key]]\n"
    "name = \"lab\"\n"
    "file = \"b.pem\"\n";

std::string with(std::string_view from, std::string_view to) {
  std::string text(kGood);
  const std::size_t at = text.find(from);
  REQUIRE(at != text.npos);
  return text.replace(at, from.size(), to);
}

TEST_CASE("a gate with everything in it") {
  const Folder folder;
  const GateConfig c = folder.load(std::string(kGood)).take();
  CHECK(c.policies == std::vector<std::string>{"urn:p"});
  CHECK(c.policy_sha256 == std::vector<std::string>{kDigest});
  CHECK(c.trust_sha256 == std::vector<std::string>{kDigest});
  CHECK(c.levels == std::vector<std::string>{"ASSAY_SIGNED_1"});
  CHECK(c.audience == std::vector<std::string>{"prod"});
  CHECK(c.min_policy_serial == 2);
  CHECK(c.min_rules_serial == 20260101);
  CHECK(c.max_age == 7 * 86400);
  CHECK(c.resource == "pkg:x");
  REQUIRE(c.keys.size() == 2);
  CHECK(c.keys[0].name == "ci");
  CHECK(c.keys[0].public_key == folder.a.public_key());
  CHECK(c.keys[0].verifier_id == "urn:v");
  CHECK(c.keys[0].valid_from == from_rfc3339("2026-01-01T00:00:00Z"));
  CHECK(c.keys[0].valid_until == from_rfc3339("2027-01-01T00:00:00Z"));
  CHECK(c.keys[1].verifier_id == "urn:assay:verifier:" + key_id(folder.b.public_key()));
  CHECK_FALSE(c.keys[1].valid_until);
}

TEST_CASE("every fault is a config error that says what is wrong") {
  const Folder folder;
  struct Fault {
    std::string_view from, to, says;
  };
  const Fault faults[] = {
      {"assay-gate/1", "assay-gate/2", "gate.toml:1: 'schema' must be \"assay-gate/1\"\n"},
      {"policies = [\"urn:p\"]\n", "", "gate.toml: 'policies' is missing"},
      {"[\"urn:p\"]", "[]", "gate.toml:2: 'policies' is empty: this gate accepts none\n"},
      {"[\"urn:p\"]", "[\"\"]", "gate.toml:2: 'policies' holds an empty name\n"},
      {"policy_sha256 = [\"5", "policy_sha256 = [\"",
       "gate.toml:3: 'policy_sha256' holds something that is no digest\n"},
      {"trust_sha256 = [\"5", "trust_sha256 = [\"A",
       "gate.toml:4: 'trust_sha256' holds something that is no digest\n"},
      {"levels", "level", "gate.toml:5: unknown key 'level'\n"},
      {"[\"prod\"]", "\"prod\"", "gate.toml:6: 'audience' must be a list of strings\n"},
      {"min_policy_serial = 2", "min_policy_serial = -2",
       "gate.toml:7: 'min_policy_serial' must not be negative\n"},
      {"20260101", "\"x\"", "gate.toml:8: 'min_rules_serial' must be a whole number\n"},
      {"\"7d\"", "\"0d\"", "gate.toml:9: 'max_age' must be a span longer than nothing\n"},
      {"max_age = \"7d\"\n", "", "gate.toml: 'max_age' is missing"},
      {"max_age = \"7d\"\n", "max_age = \"7d\"\nmin_sandbox = \"none\"\n",
       "gate.toml:10: unknown wall 'none'\n"},
      {"name = \"ci\"", "name = \"\"", "gate.toml:12: 'name' is empty\n"},
      {"name = \"lab\"", "name = \"ci\"",
       "gate.toml:18: a key of this name stands there twice\n"},
      {"b.pem", "a.pem", "gate.toml:19: this is the key of 'ci'\n"},
      {"a.pem", "none.pem", "none.pem"},
      {"a.pem", "no.pem", "this is no public key in PEM form"},
      {"2027-01-01", "2026-01-01", "gate.toml:16: the key's window ends before it begins\n"},
      {"verifier", "verifer", "gate.toml:14: unknown key 'verifer'\n"},
  };
  for (const Fault& fault : faults) {
    const Result<GateConfig> config = folder.load(with(fault.from, fault.to));
    CAPTURE(fault.says);
    REQUIRE_FALSE(config);
    CHECK(config.error().kind == Error::Kind::config);
    CAPTURE(config.error().what);
    CHECK(config.error().what.find(fault.says) != std::string::npos);
  }
}

TEST_CASE("the witnesses of a log, how many of them, and how lately") {
  const Folder folder;
  const auto with_log = [&](const std::string& lines) {
    return folder.load(kGood + "[log]\nvkey = \"k\"\n" + lines);
  };
  const std::string two = "witnesses = [\"a\", \"b\"]\n";
  const auto all = with_log(two + "max_witness_age = \"1d\"\n");
  REQUIRE(all);
  CHECK(all->log->quorum == 2);
  CHECK(all->log->max_witness_age == 86'400);
  CHECK(with_log(two + "max_witness_age = \"1d\"\nquorum = 1\n")->log->quorum == 1);
  CHECK(with_log("")->log->witnesses.empty());
  for (const std::string& bad :
       {two, two + "max_witness_age = \"0d\"\n", two + "max_witness_age = \"1d\"\nquorum = 0\n",
        two + "max_witness_age = \"1d\"\nquorum = 3\n",
        std::string("witnesses = [\"a\", \"a\"]\nmax_witness_age = \"1d\"\n"),
        std::string("witnesses = [\"\"]\nmax_witness_age = \"1d\"\n"),
        std::string("max_witness_age = \"1d\"\n"), std::string("quorum = 1\n")}) {
    CAPTURE(bad);
    CHECK_FALSE(with_log(bad));
  }
}

TEST_CASE("a gate without keys believes nobody, and says so") {
  const Folder folder;
  const Result<GateConfig> config = folder.load(kGood.substr(0, kGood.find("[[key]]")));
  REQUIRE_FALSE(config);
  CHECK(config.error().what ==
        folder.path() + "/gate.toml: no [[key]]: this gate believes nobody");
}

TEST_CASE("cut short, it is refused or has no fewer conditions than lines") {
  const Folder folder;
  for (std::size_t n = 0; n < kGood.find("[[key]]"); ++n) {
    CHECK_FALSE(folder.load(kGood.substr(0, n)));
  }
}

}  // namespace
}  // namespace assay
