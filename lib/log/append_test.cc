#include "log/append.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <filesystem>

#include "base/file.h"
#include "crypto/digest.h"
#include "log/memory.h"
#include "log/vectors.h"

namespace assay::log {
namespace {

namespace fs = std::filesystem;

/// A log in a folder that is gone afterwards.
struct World {
  std::string path;
  SigningKey signer = SigningKey::generate().take();
  Folder folder;

  World() : path(make_path()), folder(make_log()) {}
  World(const World&) = delete;
  World& operator=(const World&) = delete;
  ~World() { fs::remove_all(path); }

  static std::string make_path() {
    std::string name = "/tmp/assay-log-test.XXXXXX";
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    return name;
  }
  Folder make_log() const {
    return Folder::create(path + "/log", "t.example/log", signer).take();
  }

  Result<std::vector<ProofFile>> add(const std::vector<std::string>& entries,
                                     const AppendOptions& options = {}) const {
    return append(folder, entries, signer, options);
  }
  TreeHead tree() const { return folder.read_checkpoint().take().tree; }
  std::string file(const std::string& name) const { return folder.path(name); }
  void put(const std::string& name, std::string_view content) const {
    REQUIRE(write_file(file(name), content));
  }
};

template <class T>
std::string code(const Result<T>& result) {
  return result ? std::string("none") : result.error().code;
}

TEST_CASE("entries stand where their proofs say, across the tiles' edges") {
  const World world;
  const auto entries = numbered(700);
  CHECK(world.tree() == TreeHead{.size = 0, .root = empty_root()});
  std::size_t done = 0;
  for (const std::size_t count : {1U, 1U, 3U, 249U, 1U, 1U, 1U, 300U, 142U, 1U}) {
    const std::vector<std::string> some(
        entries.begin() + static_cast<std::ptrdiff_t>(done),
        entries.begin() + static_cast<std::ptrdiff_t>(done + count));
    const auto proofs = world.add(some).take();
    REQUIRE(proofs.size() == count);
    for (std::size_t i = 0; i < count; ++i) {
      const auto included = open_proof(format_proof(proofs[i]), some[i], world.folder.key());
      REQUIRE(included);
      CHECK(world.folder.read_entry(included->index, done + count).take() == some[i]);
    }
    done += count;
    CHECK(world.tree().size == done);
  }
  std::vector<std::string> all;
  for (std::uint64_t i = 0; i < done; ++i)
    all.push_back(world.folder.read_entry(i, done).take());
  CHECK(world.tree().root == root_over(all));
  CHECK(fs::exists(world.file("tile/0/001")));
  CHECK(fs::exists(world.file("tile/1/000.p/2")));
  CHECK_FALSE(fs::exists(world.file("tile/0/000.p")));
  CHECK(world.folder.spooled().take().empty());
}

TEST_CASE("what is appended again stays where it is") {
  const World world;
  world.add({"a", "b"}).take();
  CHECK(world.add({"a"}).take().front().index == world.add({"a"}).take().front().index);
  CHECK(world.tree().size == 2);
}

TEST_CASE("what a crash left half done is finished, and done again changes nothing") {
  const World world;
  world.add({"a"}).take();
  const std::string note = world.folder.read_note().take();
  const std::string published = read_file(world.file(".state/published")).take();
  world.add({"b"}).take();
  const TreeHead grown = world.tree();
  SUBCASE("integrated, not published") {
    world.put("checkpoint", note);
    world.put(".state/published", published);
  }
  SUBCASE("about to be published") {
    world.put("checkpoint", note);
  }
  SUBCASE("and still spooled") {
    world.put("checkpoint", note);
    world.put(".state/published", published);
    world.put(".state/spool/" + sha256_hex(as_bytes("b")) + ".leaf", "b");
  }
  SUBCASE("the tree is lost") {
    fs::remove(world.file(".state/tree"));
  }
  SUBCASE("the tree is torn") {
    world.put(".state/tree", "t.exam");
  }
  SUBCASE("files of entries that were never in") {
    world.put("tile/entries/000.p/7", "garbage");
    world.put("tile/0/000.p/7", "garbage");
    world.put("tile/0/000", "garbage");
    fs::create_directories(world.file("tile/1/000.p"));
    world.put("tile/1/000.p/1", "garbage");
  }
  for (int again = 0; again < 2; ++again) {
    REQUIRE(settle(world.folder, world.signer));
    CHECK(world.tree() == grown);
    CHECK(world.folder.spooled().take().empty());
  }
  CHECK(world.add({"c"}).take().front().index == 2);
  CHECK_FALSE(fs::exists(world.file("tile/0/000")));
  CHECK_FALSE(fs::exists(world.file("tile/entries/000.p/7")));
}

TEST_CASE("a torn file of the spool is nobody's entry") {
  const World world;
  world.put(".state/spool/" + sha256_hex(as_bytes("whole")) + ".leaf", "who");
  world.put(".state/spool/" + sha256_hex(as_bytes("other")) + ".leaf", "other");
  CHECK(world.add({"mine"}).take().size() == 1);
  CHECK(world.tree().size == 2);
}

TEST_CASE("a log that is not what was published is refused, and stays as it is") {
  const World world;
  const AppendOptions options{.memory = world.path + "/memory"};
  world.add({"a"}, options).take();
  fs::copy(world.file(""), world.path + "/yesterday", fs::copy_options::recursive);
  world.add({"b"}, options).take();
  const auto restore = [&](const std::string& name) {
    world.put(name, read_file(world.path + "/yesterday/" + name).take());
  };
  SUBCASE("yesterday's copy") {
    fs::remove_all(world.file(""));
    fs::copy(world.path + "/yesterday", world.file(""), fs::copy_options::recursive);
    CHECK(code(world.add({"c"}, options)) == "log-rolled-back");
    CHECK(world.add({"c"}));  // who remembers nothing cannot know
  }
  SUBCASE("yesterday's tree") {
    restore(".state/tree");
    CHECK(code(world.add({"c"})) == "log-rolled-back");
  }
  SUBCASE("another tree of that size") {
    const World other;
    other.add({"x", "y"}).take();
    for (const char* name : {"tile/0/000.p/2", "tile/entries/000.p/2", ".state/tree"}) {
      world.put(name, read_file(other.file(name)).take());
    }
    CHECK(code(world.add({"c"})) == "log-rewritten");
  }
  SUBCASE("a changed tile") {
    world.put("tile/0/000.p/2", std::string(64, 'x'));
    CHECK(code(world.add({"c"})) == "log-damaged");
  }
  SUBCASE("a lost tile") {
    fs::remove_all(world.file("tile/0/000.p"));
    CHECK(code(world.add({"c"})) == "log-truncated");
  }
  SUBCASE("a checkpoint by somebody else") {
    const SigningKey other = SigningKey::generate().take();
    world.put("checkpoint", sign_checkpoint({.origin = "t.example/log"}, other).take());
    CHECK(code(world.add({"c"})) == "log-signature");
  }
  CHECK(recall(options.memory, "t.example/log").take()->size == 2);
}

TEST_CASE("entries that none can be") {
  const World world;
  CHECK_FALSE(world.add({""}));
  CHECK_FALSE(world.add({"a", "a"}));
  CHECK_FALSE(world.add({std::string(kMaxEntry + 1, 'x')}));
  CHECK(world.add({std::string(kMaxEntry, 'x')}));
  const SigningKey other = SigningKey::generate().take();
  CHECK_FALSE(append(world.folder, std::vector<std::string>{"a"}, other));
}

TEST_CASE("nobody waits for ever for the lock") {
  const World world;
  const int held = ::open(world.file(".state/lock").c_str(), O_RDWR | O_CLOEXEC);
  REQUIRE(::flock(held, LOCK_EX) == 0);
  CHECK_FALSE(world.add({"a"}, {.patience = std::chrono::milliseconds(20)}));
  ::close(held);
  CHECK(world.add({"b"}));
  CHECK(world.tree().size == 2);
}

TEST_CASE("where a log may stand") {
  CHECK(is_remote_file_system(0x6969));
  CHECK(is_remote_file_system(0x01021997));
  CHECK(is_remote_file_system(0x65735546));
  CHECK(is_remote_file_system(static_cast<std::int32_t>(0xFF534D42)));
  CHECK_FALSE(is_remote_file_system(0xEF53));      // ext4
  CHECK_FALSE(is_remote_file_system(0x58465342));  // XFS
  CHECK_FALSE(is_remote_file_system(0x9123683E));  // btrfs
  CHECK(code(Folder::open("/no/such/log")) == "log-missing");
  const World world;
  CHECK_FALSE(Folder::create(world.file(""), "t.example/log", world.signer));
  CHECK_FALSE(Folder::create(world.path + "/new", "two words", world.signer));
}

TEST_CASE("evidence is kept under its digest") {
  const World world;
  const std::string name = keep_evidence(world.folder, "evidence").take();
  CHECK(name == evidence_path(sha256_hex(as_bytes("evidence"))));
  CHECK(keep_evidence(world.folder, "evidence").take() == name);
  CHECK(read_file(world.file(name)).take() == "evidence");
}

}  // namespace
}  // namespace assay::log
