#include "trust/store.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>

#include "trust/test_kit.h"

namespace assay {
namespace {

using test::MiniKey;
using test::put_vendor;
using test::TempFolder;

/// Why the store does not load; it must be a config error.
Error refusal(const std::string& root) {
  const auto store = TrustStore::load(root, test::all_formats());
  REQUIRE_FALSE(store);
  CHECK(store.error().kind == Error::Kind::config);
  CAPTURE(store.error().what);
  return store.error();
}
bool says(const Error& error, std::string_view words) {
  return error.what.find(words) != std::string::npos;
}

/// Replaces the first `from` in vendors.d/acme.toml.
void edit(const std::string& root, std::string_view from, std::string_view to) {
  const std::string path = root + "/vendors.d/acme.toml";
  std::string text = read_file(path).take();
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  text.replace(at, from.size(), to);
  REQUIRE(write_file(path, text));
}

TEST_CASE("a store loads whole") {
  const TempFolder folder;
  const std::string root = folder / "trust";
  const MiniKey acme('a'), beta('b');
  put_vendor(root, "acme", "\"acme-*.tar.gz\", \"agent-?.deb\"", "acme-2026", acme,
             "valid_from = 2026-01-01T00:00:00Z\nvalid_until = 2027-01-01T00:00:00Z\n"
             "revoked_at = 2026-06-01T00:00:00Z\nrevoked_reason = \"stolen\"\n");
  put_vendor(root, "beta", "\"beta-*\"", "beta-1", beta, "algorithms = [\"ED\", \"Ed\"]\n");
  REQUIRE(write_file(root + "/vendors.d/.hidden", "not ours"));
  const TrustStore store = TrustStore::load(root, test::all_formats()).take();
  REQUIRE(store.vendors().size() == 2);
  const TrustedKey& key = store.find_vendor("acme")->keys.at(0);
  CHECK(key.name == "acme-2026");
  CHECK(key.display_id == "6161616161616161");
  CHECK(key.algorithms == std::vector<std::string>{"ED"});
  CHECK(to_rfc3339(*key.valid_until) == "2027-01-01T00:00:00Z");
  CHECK(key.revoked_at.has_value());
  CHECK(key.revoked_reason == "stolen");
  CHECK(store.matching("agent-1.deb").size() == 1);
  CHECK(store.matching("beta-").at(0)->id == "beta");
  CHECK(store.matching("gamma").empty());
  CHECK(store.find_vendor("gamma") == nullptr);

  const auto line = [&](const std::string& file) {
    std::string text = file;
    text += '\0';
    return text + sha256_hex(as_bytes(read_file(root + "/" + file).take())) + "\n";
  };
  CHECK(store.sha256() ==
        sha256_hex(as_bytes(line("keys/acme/acme-2026.pub") + line("keys/beta/beta-1.pub") +
                            line("vendors.d/acme.toml") + line("vendors.d/beta.toml"))));
  edit(root, "stolen", "lost");
  CHECK(TrustStore::load(root, test::all_formats()).take().sha256() != store.sha256());
}

TEST_CASE("an empty store, and none") {
  const TempFolder folder;
  CHECK(says(refusal(folder / "none"), "there is no trust store"));
  REQUIRE(make_folder(folder / "vendors.d"));
  const TrustStore store = TrustStore::load(folder.path(), test::all_formats()).take();
  CHECK(store.vendors().empty());
  CHECK(store.sha256().empty());
}

TEST_CASE("every field is read strictly") {
  struct Case {
    const char* from;
    const char* to;
    const char* says;
  };
  const Case cases[] = {
      {"assay-vendor/1", "assay-vendor/2", "'schema' must be"},
      {"schema = \"assay-vendor/1\"\n", "", "'schema' is missing"},
      {"vendor = \"acme\"", "vendor = \"acne\"", "as the file is named"},
      {"match = [\"acme-*\"]", "match = []", "names no file"},
      {"match = [\"acme-*\"]", "", "'match' is missing"},
      {"\"acme-*\"", "\"acme-*\", \"*\"", "too wide"},
      {"\"acme-*\"", "\"**?\"", "too wide"},
      {"\"acme-*\"", "\"*.*\"", "too wide"},
      {"\"acme-*\"", "\"\"", "is empty"},
      {"\"acme-*\"", "\"x/acme-*\"", "base names"},
      {"\"acme-*\"", "\"acme\\u001b\"", "no plain text"},
      {"[[key]]", "[[kee]]", "unknown key 'kee'"},
      {"[[key]]", "[key]", "[[key]]"},
      {"match", "algorithm = 1\nmatch", "unknown key 'algorithm'"},
      {"format = \"minisign\"", "format = \"pgp\"", "unknown key format 'pgp'"},
      {"format = \"minisign\"\n", "", "'format' is missing"},
      {"name = \"acme-2026\"", "name = \"../x\"", "'name' must be"},
      {"name = \"acme-2026\"", "name = 7", "must be a string"},
      {"id = \"sha256:", "id = \"sha256:0", "another key than 'id' says"},
      {"file = \"acme/", "file = \"/acme/", "'file' must be acme/<name>"},
      {"file = \"acme/", "file = \"acme/../acme/", "'file' must be"},
      {"file = \"acme/", "file = \"beta/", "'file' must be"},
      {"file = \"acme/acme-2026.pub", "file = \"acme/..", "'file' must be"},
      {"acme-2026.pub", "none.pub", "none.pub"},
      {"valid_until", "valid_untli", "unknown key 'valid_untli'"},
      {"valid_until = 2027-01-01T00:00:00Z", "valid_until = 2027-01-01", "date and time"},
      {"valid_until = 2027", "valid_until = 1999", "ends before it begins"},
      {"valid_until", "revoked_reason = \"x\"\nvalid_until", "without 'revoked_at'"},
      {"valid_until", "algorithms = []\nvalid_until", "is empty"},
      {"valid_until", "algorithms = [\"RSA\"]\nvalid_until", "'RSA'"},
      {"valid_until", "algorithms = [\"ED\", \"ED\"]\nvalid_until", "twice"},
  };
  for (const Case& one : cases) {
    CAPTURE(one.from);
    CAPTURE(one.to);
    const TempFolder folder;
    put_vendor(folder.path(), "acme", "\"acme-*\"", "acme-2026", MiniKey('a'),
               "valid_from = 2026-01-01T00:00:00Z\nvalid_until = 2027-01-01T00:00:00Z\n");
    REQUIRE(TrustStore::load(folder.path(), test::all_formats()));
    edit(folder.path(), one.from, one.to);
    const Error error = refusal(folder.path());
    CAPTURE(error.what);
    CHECK(says(error, one.says));
  }
}

TEST_CASE("a misspelt field is pointed at, with what was meant") {
  const TempFolder folder;
  put_vendor(folder.path(), "acme", "\"acme-*\"", "acme-2026", MiniKey('a'));
  edit(folder.path(), "[[key]]", "[[key]]\nvalid_form = 2026-01-01T00:00:00Z");
  const Error error = refusal(folder.path());
  CHECK(error.hint == "did you mean 'valid_from'?");
  CHECK(says(error, "acme.toml:5: unknown key 'valid_form'"));
}

TEST_CASE("strays, doubles, other bytes under a key's name") {
  const TempFolder folder;
  const std::string& root = folder.path();
  const MiniKey acme('a'), beta('b');
  put_vendor(root, "acme", "\"acme-*\"", "acme-2026", acme);
  REQUIRE(write_file(root + "/vendors.d/beta.tmol", ""));
  CHECK(refusal(root).hint.find(".toml") != std::string::npos);
  REQUIRE(std::filesystem::remove(root + "/vendors.d/beta.tmol"));
  REQUIRE(make_folder(root + "/vendors.d/sub.toml"));
  CHECK(refusal(root).kind == Error::Kind::config);
  REQUIRE(std::filesystem::remove(root + "/vendors.d/sub.toml"));
  put_vendor(root, "beta", "\"beta-*\"", "acme-2026", beta);
  CHECK(says(refusal(root), "two keys are named 'acme-2026'"));
  put_vendor(root, "beta", "\"beta-*\"", "beta-1", acme);
  CHECK(says(refusal(root), "are the same key"));
  put_vendor(root, "beta", "\"beta-*\"", "beta-1", beta);
  REQUIRE(TrustStore::load(root, test::all_formats()));
  REQUIRE(write_file(root + "/keys/beta/beta-1.pub", acme.pub()));
  CHECK(says(refusal(root), "another key than 'id' says"));
  REQUIRE(write_file(root + "/keys/beta/beta-1.pub", beta.sign("x", "")));
  CHECK(says(refusal(root), "signature, not a key"));
}

TEST_CASE("what others can write, or point elsewhere, is not trusted") {
  const TempFolder folder;
  const std::string root = folder / "trust";
  put_vendor(root, "acme", "\"acme-*\"", "acme-2026", MiniKey('a'));
  for (const char* part : {"", "/vendors.d", "/keys", "/keys/acme", "/keys/acme/acme-2026.pub",
                           "/vendors.d/acme.toml"}) {
    const std::string path = root + part;
    CAPTURE(path);
    struct stat before {};
    REQUIRE(::stat(path.c_str(), &before) == 0);
    for (const mode_t extra : {0020U, 0002U}) {
      REQUIRE(::chmod(path.c_str(), (before.st_mode & 07777U) | extra) == 0);
      CHECK(says(refusal(root), "can be written by others"));
    }
    REQUIRE(::chmod(path.c_str(), before.st_mode & 07777U) == 0);
    const std::string aside = folder / "aside";
    std::filesystem::rename(path, aside);
    std::filesystem::create_symlink(aside, path);
    CHECK(says(refusal(root), "symbolic link"));
    std::filesystem::remove(path);
    std::filesystem::rename(aside, path);
  }
  CHECK(TrustStore::load(root, test::all_formats()));
}

}  // namespace
}  // namespace assay
