// 7z as other programs write it, cut, changed and encrypted.

#include <doctest/doctest.h>

#include "bundle/testing.h"

namespace assay {

extern const Container seven_zip_container;

namespace {

using namespace testing;

const std::string kText = [] {
  std::string text;
  for (int i = 0; i < 200; ++i) text += "line " + std::to_string(i * i) + "\n";
  return text;
}();
const std::map<std::string, std::string> kFiles = {{"a", "alpha"}, {"b", kText}, {"empty", ""}};

Outcome walk_7z(std::string_view bytes, const Limits& limits = {}) {
  std::setlocale(LC_CTYPE, "C.UTF-8");
  static constexpr const Container* kOnly[] = {&seven_zip_container};
  Outcome outcome;
  const auto source = Source::from_bytes("x.7z", as_bytes(bytes)).take();
  const auto summary = walk(source, limits, {.containers = kOnly}, outcome);
  if (summary) outcome.summary = *summary;
  return outcome;
}

std::string by_bsdtar(const std::string& compression) {
  return packed_by(
      "bsdtar --format 7zip --options 7zip:compression=" + compression + " -cf out a b empty",
      kFiles);
}
std::string by_7zz(const std::string& options) {
  return packed_by("7zz a " + options + " o.7z a b empty && mv o.7z out", kFiles);
}

std::vector<std::string> samples() {
  std::vector<std::string> all;
  for (const char* compression : {"store", "deflate", "bzip2", "lzma1", "lzma2", "ppmd"}) {
    all.push_back(by_bsdtar(compression));
  }
  for (const char* options :
       {"", "-ms=off", "-m0=PPMd", "-m0=Copy", "-mhc=off", "-m0=BCJ -m1=LZMA2",
        "-m0=BCJ2 -m1=LZMA -m2=LZMA -m3=LZMA "
        "-mb0:1 -mb0s1:2 -mb0s2:3"}) {
    all.push_back(by_7zz(options));
  }
  return all;
}

TEST_CASE("7z by two programs and all methods") {
  for (const std::string& sample : samples()) {
    REQUIRE_FALSE(sample.empty());
    const Outcome seen = walk_7z(sample);
    CHECK(seen.clean());
    CHECK(seen.leaves.at("x.7z!/a") == "alpha");
    CHECK(seen.leaves.at("x.7z!/b") == kText);
    CHECK(seen.summary.ledger.unknown == 0);
    CHECK(adds_up_to(seen.summary.ledger, sample.size()));
  }
}

TEST_CASE("7z: cut anywhere, and with bytes behind it") {
  const std::string sample = by_7zz("");
  for (std::size_t size = 6; size < sample.size(); ++size) {
    CAPTURE(size);
    CHECK_FALSE(walk_7z(sample.substr(0, size)).clean());
  }
  CHECK(walk_7z(sample + "more").has("trailing-data"));
}

TEST_CASE("7z: no changed byte passes") {
  for (const std::string& sample : {by_7zz(""), by_7zz("-mhc=off -m0=Copy")}) {
    for (std::size_t at = 6; at < sample.size(); ++at) {
      // The version, which readers pass over, and the last bytes of LZMA, which say nothing.
      const std::size_t packed_end = 32 + static_cast<unsigned char>(sample[12]) +
                                     256U * static_cast<unsigned char>(sample[13]);
      if (at == 6 || at == 7 || (at < packed_end && at + 5 >= packed_end)) continue;
      std::string changed = sample;
      changed[at] = static_cast<char>(changed[at] ^ 0x55);
      CAPTURE(at);
      CHECK_FALSE(walk_7z(changed).clean());
    }
  }
}

TEST_CASE("7z: encrypted content and encrypted names are undecided") {
  CHECK(walk_7z(by_7zz("-psecret")).has("encrypted-member"));
  CHECK(walk_7z(by_7zz("-psecret -mhe=on")).has("encrypted-member"));
}

/// A start header over a plain one, with checksums that fit.
std::string with_header(const std::string& streams, const std::string& header) {
  const std::string place =
      little(streams.size(), 8) + little(header.size(), 8) + little(crc32_of(header), 4);
  return "7z\xbc\xaf\x27\x1c\x00\x04"s + little(crc32_of(place), 4) + place + streams + header;
}
/// One stream by one coder, then what the header says of files.
std::string stored(std::uint64_t size, const std::string& files, const std::string& sub = {},
                   const std::string& coder = "\x01\x00"s) {
  const std::string length(1, static_cast<char>(size));
  const std::string checksum = "\x08\x0a\x01"s + little(crc32_of("hello"), 4) + "\x00"s;
  return "\x01\x04\x06\x00\x01\x09"s + length + "\x00\x07\x0b\x01\x00\x01"s + coder + "\x0c"s +
         length + "\x00"s + (sub.empty() ? checksum : sub) + "\x00"s + files + "\x00"s;
}
const std::string kOneFile = "\x05\x01\x11\x05\x00"s + "a\x00\x00\x00\x00"s;

TEST_CASE("7z: memory is asked for before it is taken") {
  Limits limits;
  limits.decoder_memory = 1 << 20;
  for (const std::string& coder :
       {"\x21\x21\x01\x1a"s, "\x23\x03\x01\x01\x05\x5d\x00\x00\x20\x00"s,
        "\x23\x03\x04\x01\x05\x06\x00\x00\x20\x00"s}) {
    const std::string sample = with_header("hello", stored(5, kOneFile, {}, coder));
    CHECK(walk_7z(sample, limits).has("limit-decoder-memory"));
    CHECK_FALSE(walk_7z(sample).has("limit-decoder-memory"));
  }
}

TEST_CASE("7z: bytes that no file shows are not passed over") {
  CHECK(walk_7z(with_header("hello", stored(5, kOneFile))).clean());
  CHECK(walk_7z(with_header("hello", stored(4, kOneFile))).has("unaccounted-bytes"));
  CHECK(walk_7z(with_header("hello", stored(5, kOneFile) + "x")).has("unaccounted-bytes"));
  // No file, or two streams of which one has a file.
  CHECK(walk_7z(with_header("hello", stored(5, "\x05\x00\x00"s))).has("unaccounted-bytes"));
  CHECK(walk_7z(with_header("hello", stored(5, kOneFile, "\x08\x0d\x02\x09\x03\x00"s)))
            .has("unaccounted-bytes"));
  const std::string odd =
      "\x05\x01\x11\x05\x00"
      "a\x00\x00\x00\x19\x02\x00x\x00"s;
  CHECK(walk_7z(with_header("hello", stored(5, odd))).has("unsupported-feature"));
  CHECK(walk_7z(with_header("", "")).has("empty-bundle"));
}

TEST_CASE("7z: links are undecided") {
  CHECK(walk_7z(packed_by("ln -s a l && 7zz a -snl o.7z a l && mv o.7z out", {{"a", "alpha"}}))
            .has("unsupported-feature"));
}

}  // namespace
}  // namespace assay
