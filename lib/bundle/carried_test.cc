// Programs that unpack themselves.

#include <doctest/doctest.h>

#include "bundle/testing.h"

namespace assay {

extern const Container seven_zip_container, msi_container;

namespace {

using namespace testing;

Outcome walk_exe(std::string_view bytes) {
  std::setlocale(LC_CTYPE, "C.UTF-8");
  static constexpr const Container* kAll[] = {&seven_zip_container, &msi_container,
                                              &zip_container};
  Outcome outcome;
  const auto source = Source::from_bytes("x.exe", as_bytes(bytes)).take();
  const auto summary = walk(source, {}, {.containers = kAll}, outcome);
  if (summary) outcome.summary = *summary;
  return outcome;
}

/// A program of one section that does nothing.
std::string program() {
  std::string bytes(1024, '\0');
  const auto put = [&](std::size_t at, std::uint64_t value, std::size_t size) {
    bytes.replace(at, size, little(value, size));
  };
  bytes.replace(0, 2, "MZ");
  put(60, 64, 4);
  bytes.replace(64, 2, "PE");
  put(64 + 6, 1, 2);
  put(64 + 20, 240, 2);
  put(64 + 24, 0x20b, 2);
  put(64 + 24 + 240 + 16, 512, 4);
  put(64 + 24 + 240 + 20, 512, 4);
  return bytes;
}

std::string archive() {
  return packed_by("7zz a o.7z a && mv o.7z out", {{"a", "alpha"}});
}

TEST_CASE("a 7z behind a program, with and without orders to it") {
  const std::string orders = ";!@Install@!UTF-8!\nRunProgram=\"a\"\n;!@InstallEnd@!";
  REQUIRE_FALSE(archive().empty());
  for (const std::string& front : {""s, orders, "\xef\xbb\xbf" + orders}) {
    const Outcome seen = walk_exe(program() + front + archive());
    CHECK(seen.clean());
    CHECK(seen.types.at("x.exe") == "pe-sfx");
    CHECK(seen.leaves.at("x.exe!/a") == "alpha");
    CHECK(seen.leaves.at("x.exe").size() == program().size() + front.size() + archive().size());
  }
}

TEST_CASE("a 7z behind a program, and something else around it") {
  const Outcome odd = walk_exe(program() + "other orders" + archive());
  CHECK(odd.has("unsupported-container"));
  CHECK(odd.leaves.at("x.exe!/a") == "alpha");
  CHECK(walk_exe(program() + archive() + "more").has("trailing-data"));
  CHECK_FALSE(walk_exe(program() + archive().substr(0, 40)).clean());
}

TEST_CASE("a 7z in front of a program's signature") {
  std::string signed_one = program() + archive();
  signed_one.resize((signed_one.size() + 7) / 8 * 8);
  const std::size_t table = signed_one.size();
  signed_one.replace(64 + 24 + 144, 8, little(table, 4) + little(16, 4));
  signed_one += little(16, 4) + little(0x200, 2) + little(2, 2) +
                "\x30\x06"
                "012345";
  const Outcome seen = walk_exe(signed_one);
  CHECK(seen.clean());
  CHECK(seen.leaves.at("x.exe!/a") == "alpha");
}

}  // namespace
}  // namespace assay
