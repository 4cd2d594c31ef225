#include "log/archive.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>

#include "base/file.h"
#include "crypto/digest.h"

namespace assay::log {
namespace {

namespace fs = std::filesystem;

struct World {
  std::string path = "/tmp/assay-archive-test." + std::to_string(::getpid());
  SigningKey key = SigningKey::generate().take();
  Folder folder = Folder::create(path, "example.org/log", key).take();
  World() = default;
  World(const World&) = delete;
  World& operator=(const World&) = delete;
  ~World() { fs::remove_all(path); }
};

const std::vector<ArchivedFile> kFiles = {{"vendors.d/acme.toml", "x"}, {"keys/acme/k", "y"}};

TEST_CASE("a set is kept under its digest, once, whatever its order") {
  World world;
  const std::string digest = set_sha256(kFiles);
  CHECK(digest == set_sha256({kFiles[1], kFiles[0]}));
  CHECK(digest ==
        sha256_hex(as_bytes("keys/acme/k" + std::string(1, '\0') + sha256_hex(as_bytes("y")) +
                            "\nvendors.d/acme.toml" + std::string(1, '\0') +
                            sha256_hex(as_bytes("x")) + "\n")));
  CHECK_FALSE(is_archived(world.folder, "trust", digest));
  REQUIRE(archive_set(world.folder, "trust", digest, kFiles));
  REQUIRE(archive_set(world.folder, "trust", digest, kFiles));
  CHECK(is_archived(world.folder, "trust", digest));
  CHECK(*read_file(world.folder.path("archive/trust/" + digest + "/keys/acme/k")) == "y");
  CHECK(names_in(world.folder.path("archive/trust"))->size() == 1);
}

TEST_CASE("what is not of that digest, or leads out of its folder, is not kept") {
  World world;
  CHECK_FALSE(archive_set(world.folder, "trust", std::string(64, 'a'), kFiles));
  for (const std::string name : {"../x", "/x", "a/../x", "", "./x", "a//x", ".", "a/"}) {
    const std::vector<ArchivedFile> files = {{"a", "a"}, {name, "x"}};
    CAPTURE(name);
    const auto kept = archive_set(world.folder, "rules", set_sha256(files), files);
    CHECK_FALSE(kept);
  }
  CHECK_FALSE(fs::exists(world.folder.path("archive/x")));
}

TEST_CASE("every change of what was kept is noticed") {
  World world;
  REQUIRE(archive_set(world.folder, "trust", set_sha256(kFiles), kFiles));
  REQUIRE(archive_file(world.folder, "policy", "a policy"));
  REQUIRE(archive_file(world.folder, "policy", "a policy"));
  CHECK(check_archive(world.folder)->empty());
  const std::string set = world.folder.path("archive/trust/" + set_sha256(kFiles));
  REQUIRE(write_file(set + "/more", "z"));
  CHECK(check_archive(world.folder)->size() == 1);
  fs::remove(set + "/more");
  fs::remove(set + "/keys/acme/k");
  CHECK(check_archive(world.folder)->size() == 1);
  const std::string policy =
      world.folder.path(archive_path("policy", sha256_hex(as_bytes("a policy"))));
  REQUIRE(write_file(policy, "another"));
  CHECK(check_archive(world.folder)->size() == 2);
}

}  // namespace
}  // namespace assay::log
