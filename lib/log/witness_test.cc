#include "log/witness.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>

#include "log/append.h"
#include "log/audit.h"
#include "log/vectors.h"

namespace assay::log {
namespace {

namespace fs = std::filesystem;

constexpr Time kThen{1'800'000'000};

/// A log and a witness of it.
struct World {
  std::string path = make_path();
  SigningKey key = SigningKey::generate().take();
  Folder folder = Folder::create(path + "/log", "t.example/log", key).take();
  SigningKey witness_key = SigningKey::generate().take();
  NoteKey witness = {.name = "w.example/1",
                     .type = NoteKey::kCosignature,
                     .public_key = witness_key.public_key()};

  World() = default;
  World(const World&) = delete;
  World& operator=(const World&) = delete;
  ~World() { fs::remove_all(path); }
  static std::string make_path() {
    std::string name = "/tmp/assay-witness-test.XXXXXX";
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    return name;
  }

  void grow(std::uint64_t from, std::uint64_t count) const {
    std::vector<std::string> entries = numbered(from + count);
    entries.erase(entries.begin(), entries.begin() + static_cast<std::ptrdiff_t>(from));
    REQUIRE(append(folder, entries, key));
  }
  std::string request(std::uint64_t old_size) const {
    return format_request(make_request(folder, folder.key(), old_size).take());
  }
  Result<std::string> ask(const std::string& text, Time at = kThen) const {
    return witness_sign(path + "/state", text, {&folder.key(), 1}, witness, witness_key, at);
  }
};

template <class T>
std::string code(const Result<T>& result) {
  return result ? std::string("none") : result.error().code;
}

TEST_CASE("the request of the specification's example is read and written as it stands") {
  const std::string text = vector_file("witness-add-checkpoint.req");
  const WitnessRequest request = parse_request(text).take();
  CHECK(request.old_size == 3);
  CHECK(request.proof.size() == 4);
  CHECK(format_request(request) == text);
  for (std::size_t at = 0; at < text.size(); ++at) {
    std::string changed = text;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    const auto read = parse_request(changed);
    CHECK((!read || format_request(*read) == changed));
  }
  for (const std::string bad : {"", "old", "old 1", "old 01\n\nx", "old 3\nAAAA\n\nx"}) {
    CHECK_FALSE(parse_request(bad));
  }
}

TEST_CASE("a witness signs what grew, and remembers it first") {
  const World world;
  world.grow(0, 3);
  const std::string first = world.ask(world.request(0)).take();
  const Note note = parse_note(world.folder.read_note().take() + first).take();
  CHECK(cosignatures(note, {&world.witness, 1}).take().front().at == kThen);
  world.grow(3, 300);
  CHECK(world.ask(world.request(3)));
  CHECK(world.ask(world.request(303)));  // nothing new, only a new time
}

TEST_CASE("a witness refuses what did not grow from what it saw") {
  const World world;
  world.grow(0, 5);
  const std::string early = world.request(0);
  world.grow(5, 5);
  REQUIRE(world.ask(world.request(0)));
  CHECK(code(world.ask(early)) == "log-rolled-back");
  const auto other = world.ask(world.request(5));
  REQUIRE_FALSE(other);
  CHECK(other.error().hint.find("--old 10") != std::string::npos);

  // Another history by the same key.
  const Folder forked =
      Folder::create(world.path + "/forked", "t.example/log", world.key).take();
  std::vector<std::string> entries = numbered(10);
  entries[2] = "another";
  REQUIRE(append(forked, entries, world.key));
  const auto ask = [&](std::uint64_t old_size) {
    return world.ask(format_request(make_request(forked, forked.key(), old_size).take()));
  };
  CHECK(code(ask(10)) == "log-forked");
  REQUIRE(append(forked, std::vector<std::string>{"more"}, world.key));
  CHECK(code(ask(10)) == "log-rewritten");
  // A proof that is not one.
  world.grow(10, 1);
  WitnessRequest wrong = make_request(world.folder, world.folder.key(), 10).take();
  wrong.proof.front()[0] ^= std::byte{1};
  CHECK(code(world.ask(format_request(wrong))) == "log-rewritten");
  CHECK(world.ask(world.request(10)));
}

TEST_CASE("a witness knows its logs by their keys") {
  const World world;
  world.grow(0, 2);
  const SigningKey stranger = SigningKey::generate().take();
  const NoteKey other{.name = "t.example/log", .public_key = stranger.public_key()};
  const auto asked = witness_sign(world.path + "/state", world.request(0), {&other, 1},
                                  world.witness, world.witness_key, kThen);
  REQUIRE_FALSE(asked);
  CHECK(asked.error().kind == Error::Kind::config);
}

TEST_CASE("a cosignature is kept with the log, and under a checkpoint that is still the same") {
  const World world;
  const NoteKey& log = world.folder.key();
  world.grow(0, 4);
  const std::string request = world.request(0);
  const std::string asked = world.folder.read_note().take();
  const std::string line = world.ask(request).take();
  const std::vector<NoteKey> witnesses = {world.witness};
  REQUIRE(add_cosignatures(world.folder, log, asked, line, witnesses));
  CHECK(parse_note(world.folder.read_note().take())->signatures.size() == 2);
  CHECK(known_witnesses(world.folder).take() == witnesses);
  CHECK(seen_by(world.folder, log).take().front().tree.size == 4);
  REQUIRE(
      add_cosignatures(world.folder, log, asked, line, witnesses));  // once more is the same
  CHECK(parse_note(world.folder.read_note().take())->signatures.size() == 2);

  world.grow(4, 4);  // the new checkpoint has not been seen; what was is still known
  CHECK(parse_note(world.folder.read_note().take())->signatures.size() == 1);
  CHECK(seen_by(world.folder, log).take().front().tree.size == 4);
  REQUIRE(add_cosignatures(world.folder, log, asked, line, witnesses));
  CHECK(parse_note(world.folder.read_note().take())->signatures.size() == 1);
  CHECK(fsck(world.folder, log).empty());

  std::string wrong = line;
  wrong[wrong.size() - 8] = wrong[wrong.size() - 8] == 'A' ? 'B' : 'A';
  CHECK_FALSE(add_cosignatures(world.folder, log, asked, wrong, witnesses));
  CHECK_FALSE(add_cosignatures(world.folder, log, asked, line, {}));
  CHECK_FALSE(add_cosignatures(world.folder, log, asked, "", witnesses));
  // Under another checkpoint it does not hold.
  CHECK(code(add_cosignatures(world.folder, log, world.folder.read_note().take(), line,
                              witnesses)) == "log-signature");
}

TEST_CASE("the newest of what each witness saw counts") {
  const World world;
  const NoteKey& log = world.folder.key();
  const std::vector<NoteKey> witnesses = {world.witness};
  world.grow(0, 1);
  const std::string first_note = world.folder.read_note().take();
  const std::string first = world.ask(world.request(0)).take();
  REQUIRE(add_cosignatures(world.folder, log, first_note, first, witnesses));
  world.grow(1, 1);
  const std::string second = world.ask(world.request(1), {kThen.seconds + 10}).take();
  const Note shown = parse_note(world.folder.read_note().take() + second).take();
  const auto seen = newest_seen(&world.folder, log, witnesses, {&shown, 1}).take();
  REQUIRE(seen.size() == 1);
  CHECK(seen.front().at.seconds == kThen.seconds + 10);
  CHECK(seen.front().tree.size == 2);
  CHECK(newest_seen(nullptr, log, witnesses).take().empty());
  REQUIRE(write_file(
      world.folder.path("witness/") + fs::directory_iterator(world.folder.path("witness"))
                                          ->path()
                                          .filename()
                                          .replace_extension(".note")
                                          .string(),
      "nonsense"));
  CHECK_FALSE(newest_seen(&world.folder, log, witnesses));
  CHECK_FALSE(fsck(world.folder, log).empty());
}

}  // namespace
}  // namespace assay::log
