#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>

#include "trust/check.h"
#include "trust/test_kit.h"

namespace assay {
namespace {

using test::TempFolder;

std::vector<std::string> names(const Result<std::vector<Sidecar>>& found) {
  REQUIRE(found);
  std::vector<std::string> all;
  for (const Sidecar& sidecar : *found) all.push_back(sidecar.name);
  return all;
}
void put(const TempFolder& folder, std::string_view name, std::string_view text = "x") {
  REQUIRE(write_file(folder / name, text));
}
Result<std::vector<Sidecar>> find(const TempFolder& folder,
                                  const std::vector<std::string>& named = {}) {
  return find_sidecars(folder / "a.deb", test::all_formats(), named);
}

TEST_CASE("found by their names, in a fixed order") {
  const TempFolder folder;
  for (const char* name :
       {"a.deb", "b.deb", "b.deb.minisig", "a.deb.minisig.old", "SHA256SUMS",
        "SHA256SUMS.minisig", "a.deb.sha256", "a.deb.minisig", "Checksums.txt",
        "a.deb.sha256.minisig", "MD5SUMS", "sha512sums.minisig"}) {
    put(folder, name);
  }
  REQUIRE(make_folder(folder / "checksums"));
  const std::vector<std::string> expected{"a.deb.minisig",        "a.deb.sha256",
                                          "a.deb.sha256.minisig", "Checksums.txt",
                                          "SHA256SUMS",           "SHA256SUMS.minisig"};
  CHECK(names(find(folder)) == expected);
  CHECK(find(folder)->at(0).bytes == "x");
}

TEST_CASE("by hand: must exist, takes the place of one found, brings its signature") {
  const TempFolder folder, elsewhere;
  put(folder, "a.deb");
  put(folder, "a.deb.minisig", "found");
  put(elsewhere, "a.deb.minisig", "given");
  put(elsewhere, "release.sums", "list");
  put(elsewhere, "release.sums.minisig", "signature");
  const auto found = find(folder, {elsewhere / "release.sums", elsewhere / "a.deb.minisig"});
  CHECK(names(found) ==
        std::vector<std::string>{"release.sums", "a.deb.minisig", "release.sums.minisig"});
  CHECK(found->at(1).bytes == "given");
  const auto missing = find(folder, {folder / "none"});
  REQUIRE_FALSE(missing);
  CHECK(missing.error().what.find("none") != std::string::npos);
  put(elsewhere, "a.deb");
  CHECK(find(folder, {elsewhere / "a.deb"}).error().kind == Error::Kind::usage);
  CHECK(find(folder, {folder / "a.deb.minisig", elsewhere / "a.deb.minisig"}).error().kind ==
        Error::Kind::usage);
}

TEST_CASE("what cannot be read, is too large or too many, ends the run") {
  const TempFolder folder;
  put(folder, "a.deb");
  put(folder, "SHA256SUMS", std::string((16U << 20) + 1, 'x'));
  CHECK(find(folder).error().kind == Error::Kind::io);
  std::filesystem::remove(folder / "SHA256SUMS");
  REQUIRE(::mkfifo((folder / "a.deb.minisig").c_str(), 0600) == 0);
  CHECK(find(folder).error().kind == Error::Kind::io);
  std::filesystem::remove(folder / "a.deb.minisig");
  for (unsigned i = 0; i < 70; ++i) {
    std::string name = "checksums";
    for (std::size_t bit = 0; bit < 7; ++bit) {
      if ((i >> bit & 1U) != 0) name[bit] = static_cast<char>(name[bit] - 32);
    }
    put(folder, name);
  }
  CHECK(find(folder).error().kind == Error::Kind::io);
}

TEST_CASE("a bundle called like a list is not its own list") {
  const TempFolder folder;
  put(folder, "SHA256SUMS");
  put(folder, "SHA256SUMS.minisig");
  const auto found = find_sidecars(folder / "SHA256SUMS", test::all_formats(), {});
  CHECK(names(found) == std::vector<std::string>{"SHA256SUMS.minisig"});
}

}  // namespace
}  // namespace assay
