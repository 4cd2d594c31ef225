// Authenticode in packages of Windows Installer: what osslsigncode makes of one by wixl, and
// what can be done to it.

#include <doctest/doctest.h>

#include "bundle/msi_kit.h"
#include "trust/pe_kit.h"

using namespace assay;
using namespace assay::test;

namespace {

constexpr const char* kUsual = "-h sha256 -add-msi-dse";

const std::string& package() {
  static const std::string made = testing::wixl_msi();
  REQUIRE_FALSE(made.empty());
  return made;
}

/// An authority that is pinned, and a signer by it.
struct World {
  World() {
    pki.make_vendor();
    pki.pin("ca", "x509-anchor", "subject = \"CN=Acme Release,O=Acme\"\n");
  }
  std::string sign(const std::string& options = kUsual,
                   const std::string& file = package()) const {
    return signed_by(pki, file, "acme", options, ".msi");
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

std::size_t message_record(std::string_view file) {
  return testing::cfb_record_of(file, u"\5DigitalSignature");
}

}  // namespace

TEST_CASE("msi: what osslsigncode signs holds") {
  const World world;
  CHECK(world.reason(package()) == "none");
  for (const char* options : {kUsual, "-h sha384 -add-msi-dse", "-h sha512 -add-msi-dse",
                              "-h sha256 -add-msi-dse -ac ca.pem"}) {
    CAPTURE(options);
    const auto records = world.pki.check(world.sign(options), {});
    REQUIRE(records.size() == 1);
    CHECK(records[0].reason == "");
    CHECK(records[0].verified);
    CHECK(records[0].format == "msi");
    CHECK(records[0].key == "ca");
    CHECK(records[0].source == "app-1.bin!/[5]DigitalSignature");
  }
  const std::string again = world.sign(kUsual, world.sign());
  CHECK(world.reason(again) == "");
}

TEST_CASE("msi: large streams, and storages") {
  const World world;
  const std::string large = testing::wixl_msi("x", std::string(100'000, 'h'));
  CHECK(world.reason(world.sign(kUsual, large)) == "");
  const std::string folders = world.sign(kUsual, testing::with_storage(package()));
  CHECK(world.reason(folders) == "");
  const std::size_t folder = testing::cfb_record_of(folders, u"S");
  CHECK(world.reason(with(folders, folder + 96, 1, 1)) == "bad-signature");  // its state
  CHECK(world.reason(with(folders, folder + 80, 1, 1)) == "bad-signature");  // its class
}

TEST_CASE("msi: a signature that says nothing of names counts for nothing") {
  const World world;
  const std::string bare = world.sign("-h sha256");
  const auto records = world.pki.check(bare, {});
  REQUIRE(records.size() == 1);
  CHECK(records[0].format == "msi-bare");
  CHECK(records[0].reason == "unsigned-names");
  CHECK_FALSE(records[0].verified);
  const std::size_t helper = bare.find("helper");
  REQUIRE(helper != std::string::npos);
  CHECK(world.reason(with(bare, helper, 'H', 1)) == "bad-signature");
  CHECK(world.reason(world.sign("-h sha1")) == "weak-algorithm");
  CHECK(world.reason(world.sign("-h sha1 -add-msi-dse")) == "weak-algorithm");
}

TEST_CASE("msi: no byte of a signed package can be changed") {
  const World world;
  const std::string good = world.sign();
  REQUIRE(world.reason(good) == "");
  const TrustStore store = world.pki.store().take();
  std::vector<std::size_t> colours{};  // of the directory's tree: nobody looks at them
  for (std::size_t entry = 0; entry < 24; ++entry) {
    colours.push_back(testing::cfb_record(good, entry) + 67);
  }
  // So is the end behind the small sectors, which may be there or not.
  const std::size_t end = testing::cfb_sector_at(get(good, 60, 4)) +
                          4 * (get(good, testing::cfb_record(good, 0) + 120, 4) / 64);
  colours.push_back(end);
  std::size_t refused = 0, gone = 0, open = 0, accepted = 0;
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (const unsigned flip : {1U << (at % 8), 0xffU}) {
      std::string bad = good;
      bad[at] = static_cast<char>(static_cast<unsigned char>(bad[at]) ^ flip);
      const Sidecar bundle{"app-1.msi", bad};
      const auto found =
          check_signatures(MemoryFile(bundle), {}, store, "", all_formats(), system_now())
              .take();
      if (found.signatures.empty()) {
        ++gone;
      } else if (!found.signatures[0].verified) {
        ++refused;
      } else if (std::ranges::find(colours, at) != colours.end()) {
        ++open;
      } else {
        ++accepted;
        MESSAGE("byte ", at, " of ", good.size(), ": accepted");
      }
    }
  }
  MESSAGE("bytes: ", good.size(), ", changes refused: ", refused, ", no signature left: ", gone,
          ", colours of the tree and a mark without meaning: ", open, ", accepted: ", accepted);
  CHECK(accepted == 0);
  CHECK(open <= colours.size());
}

TEST_CASE("msi: what is added to a signed package is refused") {
  const World world;
  const std::string good = world.sign();
  CHECK(world.reason(good + testing::zip_of({{.name = "a.class", .content = "x"}})) ==
        "trailing-data");
  CHECK(world.reason(good + std::string(512, 'x')) == "trailing-data");
  CHECK(world.reason(with(good, good.find("helper") + 20, 'x', 1)) == "unaccounted-bytes");
  const std::size_t record = message_record(good);
  const std::uint64_t size = get(good, record + 120, 4);
  CHECK(world.reason(with(good, record + 120, size + 1, 4)) == "signature-slack");
  CHECK(world.reason(with(good, record + 120, size - 1, 4)) == "unaccounted-bytes");
  CHECK(world.reason(with(good, testing::cfb_record(good, 0) + 100, 1, 8)) ==
        "signature-malformed");
  CHECK(world.reason(with(good, testing::cfb_record(good, 0) + 108, 1, 8)) ==
        "signature-malformed");
  for (std::size_t cut = 600; cut < good.size(); cut += 97) {
    CHECK(world.reason(good.substr(0, cut)) != "");
  }
}

TEST_CASE("msi: a program's or a cabinet's signature on it") {
  const World world;
  std::string other = world.sign();
  const std::string package_type("\x2b\x06\x01\x04\x01\x82\x37\x02\x01\x1e", 10);
  const std::size_t at = other.find(package_type);
  REQUIRE(at != std::string::npos);
  for (const char type : {'\x0f', '\x19'}) {
    other[at + 9] = type;
    CHECK(world.reason(other) == "signature-pasted");
  }
}
