#include "verify/gate_log.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>

#include "base/file.h"
#include "crypto/envelope.h"
#include "log/append.h"
#include "log/entry.h"
#include "log/witness.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

constexpr Time kNow{1'800'000'000};
constexpr std::int64_t kDay = 86'400;
const std::string kSha(64, 'a');

/// A log that a gate has a copy of, for the same folder is one.
struct World {
  std::string path = make_path();
  SigningKey key = SigningKey::generate().take();
  log::Folder folder = log::Folder::create(path + "/log", "t.example/log", key).take();

  World() = default;
  World(const World&) = delete;
  World& operator=(const World&) = delete;
  ~World() { fs::remove_all(path); }
  static std::string make_path() {
    std::string name = "/tmp/assay-gate-log-test.XXXXXX";
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    return name;
  }

  /// Returns the entry's proof.
  std::string add(const std::string& entry) const {
    const std::vector<std::string> entries = {entry};
    return log::format_proof(log::append(folder, entries, key).take().front());
  }
  std::string event(const std::string& kind, Json::Object details) const {
    return envelope_text({.payload_type = std::string(kInTotoPayloadType),
                          .payload = log::event_statement({.kind = kind,
                                                           .at = kNow,
                                                           .subject = "s",
                                                           .sha256 = kSha,
                                                           .details = std::move(details)}),
                          .signatures = {{"k", "s"}}});
  }
  void fill(int count) const {
    std::vector<std::string> entries;
    for (int i = 0; i < count; ++i) entries.push_back("filler " + std::to_string(i));
    REQUIRE(log::append(folder, entries, key));
  }
  ProvenLog gate(const std::string& proof, bool mirror = true,
                 std::vector<log::NoteKey> witnesses = {}) const {
    return {folder.key(),
            proof,
            mirror ? std::optional(folder) : std::nullopt,
            {path + "/memory", path + "/index"},
            std::move(witnesses)};
  }
  std::string index_text() const { return read_file(path + "/index").take(); }
};

template <class T>
std::string code(const Result<T>& result) {
  return result ? std::string("none") : result.error().code;
}

TEST_CASE("what is not proven is not admitted") {
  const World world;
  const std::string proof = world.add("verdict");
  for (const bool mirror : {true, false}) {
    CHECK(world.gate(proof, mirror).admit("verdict"));
    CHECK(code(world.gate(proof, mirror).admit("another")) == "log-not-included");
    CHECK(code(world.gate("", mirror).admit("verdict")) == "log-proof-malformed");
  }
  const SigningKey stranger = SigningKey::generate().take();
  ProvenLog other({.name = "t.example/log", .public_key = stranger.public_key()}, proof, {},
                  {});
  CHECK(code(other.admit("verdict")) == "log-signature");
}

TEST_CASE("a log that lost what this gate saw is refused") {
  const World world;
  const std::string proof = world.add("verdict");
  fs::copy(world.folder.root(), world.path + "/early", fs::copy_options::recursive);
  world.fill(10);
  REQUIRE(world.gate(proof).admit("verdict"));
  const auto early = log::Folder::open(world.path + "/early").take();
  ProvenLog gate(world.folder.key(), proof, early, {world.path + "/memory", ""});
  CHECK(code(gate.admit("verdict")) == "log-rolled-back");
  // And a copy that is behind the proof, at a gate that has seen nothing.
  const std::string late = world.add("late");
  ProvenLog fresh(world.folder.key(), late, early, {});
  CHECK(code(fresh.admit("late")) == "log-rolled-back");
}

TEST_CASE("without a copy another tree of the size that was seen is noticed") {
  const World world;
  const std::string proof = world.add("verdict");
  REQUIRE(world.gate(proof, false).admit("verdict"));
  const auto forked = log::Folder::create(world.path + "/f", "t.example/log", world.key).take();
  const std::vector<std::string> entries = {"verdict two"};
  const std::string other =
      log::format_proof(log::append(forked, entries, world.key).take().front());
  CHECK(code(world.gate(other, false).admit("verdict two")) == "log-forked");
}

TEST_CASE("revocations and used nonces are found, and what was read is not read again") {
  const World world;
  const std::string proof = world.add("verdict");
  world.add(world.event("revocation", {{"text", "stolen"}}));
  world.add(world.event("gate-decision", {{"text", "REFUSED"}, {"nonce", "n-0"}}));
  world.add(world.event("gate-decision", {{"text", "ACCEPTED"}, {"nonce", "n-1"}}));
  world.fill(600);
  const std::string all[] = {kSha};
  const std::string none[] = {std::string(64, 'b'), std::string()};
  const auto check = [&](int line) {
    CAPTURE(line);
    ProvenLog gate = world.gate(proof);
    REQUIRE(gate.admit("verdict"));
    CHECK(gate.revoked(all).take() == "entry 1: stolen");
    CHECK(gate.revoked(none).take().empty());
    CHECK(gate.used("n-1").take());
    CHECK_FALSE(gate.used("n-0").take());
    CHECK(gate.first_use("n-1").take() == 3);
  };
  check(__LINE__);
  const std::string index = world.index_text();
  // The first bundle is not looked at any more.
  fs::rename(world.folder.path("tile/entries/000"), world.path + "/kept");
  check(__LINE__);
  CHECK(world.index_text() == index);
  world.add(world.event("revocation", {{"text", "again"}}));
  check(__LINE__);
  CHECK(world.index_text() != index);
  // An index that is odd is made anew, from every entry.
  fs::rename(world.path + "/kept", world.folder.path("tile/entries/000"));
  for (const std::string odd : {"", "{}", "x"}) {
    REQUIRE(write_file(world.path + "/index", odd));
    check(__LINE__);
  }
  std::string changed = index;
  changed.replace(changed.find("\\n") + 2, 3, "100");  // the size that it claims to cover
  REQUIRE(write_file(world.path + "/index", changed));
  check(__LINE__);
}

TEST_CASE("an entry taken out of its bundle is noticed, whatever the tiles say") {
  const World world;
  const std::string proof = world.add("verdict");
  const std::string revocation = world.event("revocation", {{"text", "stolen"}});
  world.add(revocation);
  world.fill(300);
  const std::string path = world.folder.path("tile/entries/000");
  std::string bundle = read_file(path).take();
  bundle.replace(bundle.find(revocation), revocation.size(),
                 std::string(revocation.size(), 'x'));
  REQUIRE(write_file(path, bundle));
  const std::string all[] = {kSha};
  ProvenLog gate = world.gate(proof);
  REQUIRE(gate.admit("verdict"));  // the last bundle is whole
  CHECK(code(gate.revoked(all)) == "log-damaged");
  CHECK_FALSE(fs::exists(world.path + "/index"));
}

TEST_CASE("enough witnesses must have seen the log lately") {
  const World world;
  const std::string proof = world.add("verdict");
  const SigningKey keys[] = {SigningKey::generate().take(), SigningKey::generate().take()};
  std::vector<log::NoteKey> witnesses;
  for (const SigningKey& key : keys) {
    witnesses.push_back({.name = "w" + std::to_string(witnesses.size()),
                         .type = log::NoteKey::kCosignature,
                         .public_key = key.public_key()});
  }
  const GateLogConfig one{.witnesses = {"", ""}, .quorum = 1, .max_witness_age = kDay};
  GateLogConfig both = one;
  both.quorum = 2;
  const auto visit = [&](std::size_t n, Time at) {
    const auto request = log::make_request(world.folder, world.folder.key(), 0).take();
    const std::string line =
        log::witness_sign(
            world.path + "/state" + std::to_string(at.seconds) + std::to_string(n),
            log::format_request(request), {&world.folder.key(), 1}, witnesses[n], keys[n], at)
            .take();
    REQUIRE(log::add_cosignatures(world.folder, world.folder.key(), request.checkpoint, line,
                                  witnesses));
  };
  const auto asked = [&](const GateLogConfig& demanded, bool mirror = true) {
    ProvenLog gate = world.gate(proof, mirror, witnesses);
    REQUIRE(gate.admit("verdict"));
    return code(gate.witnessed(demanded, kNow));
  };
  CHECK(asked(one) == "log-witness-stale");
  visit(0, {kNow.seconds - 2 * kDay});
  CHECK(asked(one) == "log-witness-stale");
  visit(0, {kNow.seconds - 60});
  CHECK(asked(one) == "none");
  CHECK(asked(both) == "log-witness-stale");
  visit(1, {kNow.seconds + kDay});  // his clock is wrong
  CHECK(asked(both) == "log-witness-stale");
  world.fill(3);
  visit(1, {kNow.seconds - 60});
  CHECK(asked(both) == "none");
  CHECK(asked(one, false) == "log-witness-stale");  // the proof's own checkpoint was not seen

  // A copy of the log that is behind what a witness saw.
  const auto behind = log::Folder::create(world.path + "/b", "t.example/log", world.key).take();
  const std::vector<std::string> entries = {"verdict"};
  const std::string early =
      log::format_proof(log::append(behind, entries, world.key).take().front());
  fs::copy(world.folder.path("witness"), behind.path("witness"));
  ProvenLog gate(world.folder.key(), early, behind, {}, witnesses);
  REQUIRE(gate.admit("verdict"));
  CHECK(code(gate.witnessed(one, kNow)) == "log-rolled-back");
}

}  // namespace
}  // namespace assay
