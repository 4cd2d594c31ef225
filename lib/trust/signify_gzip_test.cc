#include <doctest/doctest.h>
#include <fmt/format.h>

#include "trust/embedded.h"
#include "trust/signed_file.h"
#include "trust/test_kit.h"

namespace assay {
namespace {

constexpr Time kNow{1'800'000'000};
constexpr std::string_view kFixed("\x1f\x8b\x08\x10\0\0\0\0\0\x03", 10);

/// A signify key, and files as `signify -S -z` makes them.
struct Maker {
  SigningKey key = SigningKey::generate().take();

  std::string line(std::string_view bytes) const {
    return to_base64(as_bytes("Edkkkkkkkk" + std::string(bytes))) + "\n";
  }
  std::string pub() const {
    return "untrusted comment: signify public key\n" + line(as_text(key.public_key()));
  }
  static std::string message(std::string_view packed, std::string_view block_size = "65536") {
    std::string text = fmt::format(
        "date=2026-01-01T00:00:00Z\nkey=k.sec\nalgorithm=SHA512/256\nblocksize={}\n\n",
        block_size);
    for (; !packed.empty(); packed.remove_prefix(std::min<std::size_t>(65536, packed.size()))) {
      const std::string_view block = packed.substr(0, 65536);
      text += to_hex(digest(HashAlgorithm::sha512_256, as_bytes(block))) + "\n";
    }
    return text;
  }
  std::string comment(const std::string& message) const {
    const auto signature = key.sign(as_bytes(message)).take();
    return "untrusted comment: verify with k.pub\n" + line(as_text(signature)) + message;
  }
  std::string file(std::string_view packed) const {
    return std::string(kFixed) + comment(message(packed)) + '\0' + std::string(packed);
  }
};

struct World {
  World() {
    NewPin pin{.vendor = "acme", .key_name = "acme-signify", .match = {"acme-*"}};
    pin.key = signify_key_format.read(maker.pub()).take();
    REQUIRE(add_pin(folder / "trust", pin, test::all_formats()));
    store = TrustStore::load(folder / "trust", test::all_formats()).take();
  }
  std::vector<SignatureRecord> check(const std::string& bundle) const {
    const Sidecar file{"acme-1.tgz", bundle};
    return check_signatures(MemoryFile(file), {}, store, "", test::all_formats(), kNow)
        .take()
        .signatures;
  }
  std::string reason(const std::string& bundle) const {
    const auto records = check(bundle);
    return records.empty() ? "none" : records.at(0).reason;
  }

  test::TempFolder folder{};
  Maker maker{};
  TrustStore store{};
};

std::string packed(std::size_t size) {
  std::string bytes;
  for (std::size_t i = 0; i < size; ++i) bytes += static_cast<char>('a' + i % 23);
  return bytes;
}

TEST_CASE("signify-gzip: good ones of every length") {
  const World world;
  for (const unsigned size : {1U, 100U, 65535U, 65536U, 65537U, 131072U, 200000U}) {
    const auto records = world.check(world.maker.file(packed(size)));
    REQUIRE(records.size() == 1);
    CHECK(records[0].verified);
    CHECK(records[0].source == "acme-1.tgz");
    CHECK(records[0].format == "signify-gzip");
    CHECK(records[0].key == "acme-signify");
    CHECK(records[0].claimed_time == from_rfc3339("2026-01-01T00:00:00Z"));
  }
}

TEST_CASE("signify-gzip: blocks changed, swapped, missing or added") {
  const World world;
  const std::string text = packed(200000);
  const std::string good = world.maker.file(text);
  const std::string head = good.substr(0, good.size() - text.size());
  CHECK(world.reason(head + text.substr(0, 131072)) == "bad-signature");
  CHECK(world.reason(head + text.substr(0, 199999)) == "bad-signature");
  CHECK(world.reason(head) == "bad-signature");
  CHECK(world.reason(good + "x") == "bad-signature");
  CHECK(world.reason(good + std::string(65536, 'x')) == "bad-signature");
  CHECK(world.reason(head + text.substr(65536, 65536) + text.substr(0, 65536) +
                     text.substr(131072)) == "bad-signature");
  Maker stranger;
  CHECK(world.reason(stranger.file(text)) == "bad-signature");  // the number is a hint
}

TEST_CASE("signify-gzip: comments and headers that signify does not write") {
  const World world;
  const std::string text = packed(1000);
  const auto with = [&](std::string_view fixed, const std::string& comment) {
    return std::string(fixed) + comment + '\0' + text;
  };
  const std::string message = Maker::message(text);
  const std::string good = world.maker.comment(message);
  const auto edited = [&](const std::string& from, const std::string& to) {
    std::string other = message;
    other.replace(other.find(from), from.size(), to);
    return world.reason(with(kFixed, world.maker.comment(other)));
  };
  CHECK(world.reason(with(kFixed, good)).empty());
  CHECK(edited("65536", "4096") == "sidecar-malformed");
  CHECK(edited("SHA512/256", "SHA256") == "sidecar-malformed");
  CHECK(edited("key=k.sec\n", "") == "sidecar-malformed");
  CHECK(edited("\n\n", "\nmore=x\n\n") == "sidecar-malformed");
  CHECK(world.reason(with(kFixed, good + "x")) == "sidecar-malformed");
  CHECK(world.reason(with(kFixed, good + good)) == "sidecar-malformed");
  CHECK(world.reason(with(kFixed, good.substr(0, good.size() - 65))) == "sidecar-malformed");
  CHECK(world.reason(with(kFixed, "untrusted comment: x")) == "sidecar-malformed");
  CHECK(world.reason(with(kFixed, "an ordinary comment")) == "none");
  CHECK(world.reason(std::string(kFixed) + good) == "limit-signature-bytes");
  for (const auto& [at, value] : {std::pair{4, '\1'}, {7, '\1'}, {8, '\1'}, {9, '\xff'}}) {
    std::string fixed(kFixed);
    fixed[static_cast<std::size_t>(at)] = value;
    CHECK(world.reason(with(fixed, good)) == "uncovered-bytes");
  }
  std::string named(kFixed);
  named[3] = 0x18;
  const auto records = world.check(with(named, std::string("name\0", 5) + good));
  REQUIRE(records.size() == 1);
  CHECK(records[0].reason == "uncovered-bytes");
  CHECK(records[0].detail.ends_with("nobody signed byte 10 of the file"));
  named[3] = 0x14;
  CHECK(world.reason(with(named, std::string("\0\0", 2) + good)) == "none");
}

TEST_CASE("signify-gzip: no byte but the effort and the comment nobody signed can change") {
  const World world;
  const std::string good = world.maker.file(packed(300));
  const std::size_t first = good.find("verify with"), last = good.find('\n');
  std::size_t refused = 0, free = 0;
  for (std::size_t i = 0; i < good.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string bad = good;
      bad[i] = static_cast<char>(bad[i] ^ 1 << bit);
      if (world.reason(bad).empty()) {
        CAPTURE(i);
        CHECK((i == 8 || (i >= first && i < last)));
        ++free;
      } else {
        ++refused;
      }
    }
  }
  MESSAGE(fmt::format("signify-gzip: {} changed bits refused, {} of the unsigned comment",
                      refused, free));
}

}  // namespace
}  // namespace assay
