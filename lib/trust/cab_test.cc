// Authenticode in cabinets: what osslsigncode makes, and what can be done to it.

#include <doctest/doctest.h>

#include "trust/pe_kit.h"

using namespace assay;
using namespace assay::test;

namespace {

/// A cabinet of one stored file.
std::string cabinet() {
  const std::string content = "the update\n", name("a.txt\0", 6);
  constexpr std::size_t kFiles = 36 + 8;
  const std::size_t data = kFiles + 16 + name.size();
  std::string bytes(data + 8, '\0');
  bytes.replace(0, 4, "MSCF");
  put(bytes, 8, data + 8 + content.size(), 4);
  put(bytes, 16, kFiles, 4);
  put(bytes, 24, 0x0103, 2);  // version
  put(bytes, 26, 1, 2);       // folders
  put(bytes, 28, 1, 2);       // files
  put(bytes, 36, data, 4);    // the folder's blocks
  put(bytes, 40, 1, 2);
  put(bytes, kFiles, content.size(), 4);
  bytes.replace(kFiles + 16, name.size(), name);
  put(bytes, data + 4, content.size(), 2);
  put(bytes, data + 6, content.size(), 2);
  return bytes + content;
}

/// An authority that is pinned, and a signer by it.
struct World {
  World() {
    pki.make_vendor();
    pki.pin("ca", "x509-anchor", "subject = \"CN=Acme Release,O=Acme\"\n");
  }
  std::string sign(const std::string& options = "-h sha256") const {
    return signed_by(pki, cabinet(), "acme", options, ".cab");
  }
  /// What is said of it; "none" if it holds no signature.
  std::string reason(const std::string& file) const {
    const auto records = pki.check(file, {});
    return records.empty() ? "none" : records[0].reason;
  }
  Pki pki{};
};

std::string with(std::string bytes, std::size_t at, std::uint64_t value, std::size_t size) {
  put(bytes, at, value, size);
  return bytes;
}

}  // namespace

TEST_CASE("cab: what osslsigncode signs holds") {
  const World world;
  CHECK(world.reason(cabinet()) == "none");
  for (const char* options : {"-h sha256", "-h sha384", "-h sha512", "-h sha256 -ac ca.pem"}) {
    CAPTURE(options);
    const auto records = world.pki.check(world.sign(options), {});
    REQUIRE(records.size() == 1);
    CHECK(records[0].reason == "");
    CHECK(records[0].verified);
    CHECK(records[0].format == "cab");
    CHECK(records[0].key == "ca");
  }
  CHECK(world.reason(world.sign("-h sha1")) == "weak-algorithm");
}

TEST_CASE("cab: no byte of a signed cabinet can be changed") {
  const World world;
  const std::string good = world.sign();
  REQUIRE(world.reason(good) == "");
  const TrustStore store = world.pki.store().take();
  std::size_t refused = 0, gone = 0, accepted = 0;
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (const unsigned flip : {0x01U, 0x20U, 0xffU}) {
      std::string bad = good;
      bad[at] = static_cast<char>(static_cast<unsigned char>(bad[at]) ^ flip);
      const Sidecar bundle{"app-1.cab", bad};
      const auto found =
          check_signatures(MemoryFile(bundle), {}, store, "", all_formats(), system_now())
              .take();
      if (found.signatures.empty()) {
        ++gone;
      } else if (!found.signatures[0].verified) {
        ++refused;
      } else {
        ++accepted;
        MESSAGE("byte ", at, " of ", good.size(), ": accepted");
      }
    }
  }
  MESSAGE("bytes: ", good.size(), ", changes refused: ", refused, ", no signature left: ", gone,
          ", accepted: ", accepted);
  CHECK(accepted == 0);
}

TEST_CASE("cab: a signature that is not all there is behind the cabinet") {
  const World world;
  const std::string good = world.sign();
  const std::size_t at = get(good, 44, 4), size = get(good, 48, 4);
  REQUIRE(at + size == good.size());
  CHECK(world.reason(good + "x") == "bytes-after-signature");
  CHECK(world.reason(good + good) == "bytes-after-signature");
  CHECK(world.reason(with(good, 48, size + 1, 4)) == "signature-place");
  CHECK(world.reason(with(good, 44, at - 8, 4)) == "bytes-after-signature");
  CHECK(world.reason(with(with(good, 44, at - 8, 4), 48, size + 8, 4)) == "signature-place");
  CHECK(world.reason(with(good + std::string(64, 'x'), 48, size + 64, 4)) == "signature-slack");
  CHECK(world.reason(with(good + std::string(8, '\0'), 48, size + 8, 4)) == "signature-slack");
  CHECK(world.reason(with(good, 4, 1, 4)) == "signature-malformed");
  CHECK(world.reason(with(good, 34, 1, 2)) == "signature-malformed");
  CHECK(world.reason(with(good, 30, 5, 2)) == "unsupported-signature");
  CHECK(world.reason(with(good, 26, 2, 2)) == "signature-place");
  CHECK(world.reason(good.substr(0, at) + std::string(size, 'x')) == "signature-malformed");
  for (std::size_t cut = 0; cut < good.size(); cut += 7) {
    CHECK(world.reason(good.substr(0, cut)) != "");
  }
}

TEST_CASE("cab: a program's signature on it") {
  const World world;
  const std::string good = world.sign();
  const std::string other =
      signature_in(signed_by(world.pki, program(), "acme", "-h sha256", ".exe"));
  const std::size_t at = get(good, 44, 4);
  CHECK(world.reason(with(good.substr(0, at) + other, 48, other.size(), 4)) ==
        "signature-pasted");
}
