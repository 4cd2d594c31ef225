#include "trust/check.h"

#include <doctest/doctest.h>

#include "trust/test_kit.h"

namespace assay {
namespace {

using test::MiniKey;
using test::put_vendor;
using test::TempFolder;

constexpr Time kNow{1'800'000'000};
const std::string kContent = "the bundle";
const std::string kName = "acme-1.tar.gz";
const std::string kList = sha256_hex(as_bytes(kContent)) + "  " + kName + "\n";

/// Two vendors: acme signs acme-*, beta signs beta-*.
struct World {
  World() {
    put_vendor(folder.path(), "acme", "\"acme-*\"", "acme-2026", acme);
    put_vendor(folder.path(), "beta", "\"beta-*\"", "beta-2026", beta);
  }

  TrustFindings check(const std::vector<Sidecar>& sidecars, std::string_view vendor = {},
                      const std::string& name = kName) const {
    const Source source = Source::from_bytes(name, as_bytes(kContent)).take();
    const TrustStore store = TrustStore::load(folder.path(), test::all_formats()).take();
    TrustFindings found =
        check_signatures(source, sidecars, store, vendor, test::all_formats(), kNow).take();
    for (const SignatureRecord& record : found.signatures) {
      CHECK(record.verified == record.reason.empty());
      if (!record.reason.empty()) {
        CAPTURE(record.reason);
        CHECK(find_reason(record.reason) != nullptr);
      }
    }
    return found;
  }

  SignatureRecord only(const std::vector<Sidecar>& sidecars, std::string_view vendor = {},
                       const std::string& name = kName) const {
    const TrustFindings found = check(sidecars, vendor, name);
    REQUIRE(found.signatures.size() == 1);
    return found.signatures[0];
  }

  TempFolder folder{};
  MiniKey acme{'a'}, beta{'b'}, stranger{'s'};
};

Sidecar minisig(const MiniKey& key, const std::string& content = kContent) {
  return {kName + ".minisig", key.sign(content, "file:" + kName)};
}
Sidecar list_minisig(const MiniKey& key, const std::string& content = kList) {
  return {"SHA256SUMS.minisig", key.sign(content, "file:SHA256SUMS")};
}

TEST_CASE("a pinned key for this name counts") {
  const World world;
  const TrustFindings found = world.check({minisig(world.acme)});
  CHECK(found.vendor.vendors == std::vector<std::string>{"acme"});
  CHECK_FALSE(found.vendor.chosen_by_hand);
  REQUIRE(found.signatures.size() == 1);
  const SignatureRecord& record = found.signatures[0];
  CHECK(record.verified);
  CHECK(record.vendor == "acme");
  CHECK(record.key == "acme-2026");
  CHECK(record.subject == kName);
  CHECK_FALSE(record.is_list);
  CHECK(world.check({}).signatures.empty());
}

TEST_CASE("keys that do not speak for this name") {
  const World world;
  const SignatureRecord unknown = world.only({minisig(world.stranger)});
  CHECK(unknown.reason == "unknown-key");
  CHECK(unknown.vendor.empty());
  const SignatureRecord other = world.only({minisig(world.beta)});
  CHECK(other.reason == "wrong-file-name");
  CHECK(other.vendor == "beta");
  CHECK(
      other.detail ==
      "minisign key 6262626262626262 'beta-2026': vendor 'beta' is not trusted for files named "
      "'acme-1.tar.gz'");
  CHECK(world.only({minisig(world.beta, "other bytes")}).reason == "bad-signature");
  CHECK(world.only({minisig(world.acme, "other bytes")}).reason == "bad-signature");
  const TrustFindings none = world.check({minisig(world.acme)}, {}, "gamma-1");
  CHECK(none.vendor.vendors.empty());
  CHECK(none.signatures.at(0).reason == "wrong-file-name");
}

TEST_CASE("every sidecar is reported, good beside bad") {
  const World world;
  const TrustFindings found = world.check({minisig(world.acme),
                                           {"extra.minisig", world.acme.sign("old", "")},
                                           {"x.minisig", "junk"}});
  REQUIRE(found.signatures.size() == 3);
  CHECK(found.signatures[0].verified);
  CHECK(found.signatures[1].reason == "bad-signature");
  CHECK(found.signatures[2].reason == "sidecar-malformed");
}

TEST_CASE("with several vendors none counts, unless one is chosen") {
  const World world;
  put_vendor(world.folder.path(), "beta", "\"beta-*\", \"*.tar.gz\"", "beta-2026", world.beta);
  const TrustFindings both = world.check({minisig(world.acme), list_minisig(world.acme)});
  CHECK(both.vendor.vendors == std::vector<std::string>{"acme", "beta"});
  CHECK(both.signatures.at(0).reason == "ambiguous-vendor");
  CHECK(both.signatures.at(0).vendor == "acme");
  const TrustFindings chosen = world.check({minisig(world.acme)}, "acme");
  CHECK(chosen.vendor.chosen_by_hand);
  CHECK(chosen.vendor.vendors == std::vector<std::string>{"acme"});
  CHECK(chosen.signatures.at(0).verified);
  CHECK(world.only({minisig(world.beta)}, "acme").reason == "other-vendor");
  CHECK(world.only({minisig(world.beta, "x")}, "acme").reason == "bad-signature");
}

TEST_CASE("a vendor chosen by hand must claim the name all the same") {
  const World world;
  const TrustFindings found = world.check({minisig(world.beta)}, "beta");
  CHECK(found.vendor.vendors.empty());
  CHECK(found.vendor.chosen_by_hand);
  CHECK(found.signatures.at(0).reason == "wrong-file-name");
  const Source source = Source::from_bytes(kName, as_bytes(kContent)).take();
  const TrustStore store = TrustStore::load(world.folder.path(), test::all_formats()).take();
  const auto typo = check_signatures(source, {}, store, "acne", test::all_formats(), kNow);
  REQUIRE_FALSE(typo);
  CHECK(typo.error().kind == Error::Kind::usage);
  CHECK(typo.error().hint == "did you mean 'acme'?");
}

TEST_CASE("a signed list speaks for the bundle") {
  const World world;
  const TrustFindings found = world.check({{"SHA256SUMS", kList}, list_minisig(world.acme)});
  REQUIRE(found.signatures.size() == 2);
  const SignatureRecord& signature = found.signatures[0];
  CHECK(signature.verified);
  CHECK(signature.subject == "SHA256SUMS");
  CHECK_FALSE(signature.is_list);
  const SignatureRecord& list = found.signatures[1];
  CHECK(list.verified);
  CHECK(list.is_list);
  CHECK(list.source == "SHA256SUMS");
  CHECK(list.subject == kName);
  CHECK(list.vendor == "acme");
  CHECK(list.key == "acme-2026");
  CHECK(list.format == "checksums");
}

/// The list's own record when acme signed `text`.
SignatureRecord signed_list(const World& world, const std::string& text) {
  const TrustFindings found =
      world.check({list_minisig(world.acme, text), {"SHA256SUMS", text}});
  REQUIRE(found.signatures.size() == 2);
  CHECK(found.signatures[0].verified);
  CHECK(found.signatures[1].key == "acme-2026");
  return found.signatures[1];
}

TEST_CASE("what a signed list can say instead") {
  const World world;
  const std::string other(64, 'a');
  CHECK(signed_list(world, other + "  " + kName + "\n").reason == "digest-mismatch");
  CHECK(signed_list(world, kList + other + "  " + kName + "\n").reason == "list-conflict");
  CHECK(signed_list(world, other + "  old.tar.gz\n").reason == "list-not-naming");
  CHECK(signed_list(world, kList + "\n").reason == "list-malformed");
  CHECK(signed_list(world, "").reason == "list-malformed");
  CHECK(signed_list(world, "MD5 (" + kName + ") = " + std::string(32, 'a') + "\n").reason ==
        "weak-algorithm");
}

TEST_CASE("a list that nobody trusted signed is only told") {
  const World world;
  const SignatureRecord alone = world.only({{"SHA256SUMS", kList}});
  CHECK(alone.reason == "list-unsigned");
  CHECK_FALSE(alone.is_list);
  CHECK(alone.key.empty());
  CHECK(world.only({{"SHA256SUMS", "junk"}}).reason == "list-unsigned");
  CHECK(world.only({{"notes.asc", "-----BEGIN PGP SIGNATURE-----\n"}}).reason ==
        "sidecar-malformed");
  const auto last = [&](const Sidecar& signature) {
    const TrustFindings found = world.check({{"SHA256SUMS", kList}, signature});
    REQUIRE(found.signatures.size() == 2);
    CHECK(found.signatures[1].reason == "list-unsigned");
    return found.signatures[0].reason;
  };
  CHECK(last(list_minisig(world.stranger)) == "unknown-key");
  CHECK(last(list_minisig(world.beta)) == "other-vendor");
  CHECK(last(list_minisig(world.acme, "another list")) == "bad-signature");
  CHECK(last({"SHA256SUMS.minisig", world.acme.sign(kList, "file:SHA512SUMS")}) ==
        "filename-mismatch");
  CHECK(last({"SHA256SUMS.minisig", "junk"}) == "sidecar-malformed");
}

TEST_CASE("a list's signature never counts for the bundle, nor the bundle's for a list") {
  const World world;
  // The same bytes as list and bundle: each signature is held to the file it is named after.
  const TrustFindings found = world.check(
      {{"SHA256SUMS", kContent}, {"SHA256SUMS.minisig", world.acme.sign(kContent, "")}});
  for (const SignatureRecord& record : found.signatures) {
    CHECK_FALSE((record.verified && record.subject == kName));
  }
  // A sidecar called like the bundle is no list that could be signed in its stead.
  const TrustFindings twin =
      world.check({{kName, "twin"}, {kName + ".minisig", world.acme.sign("twin", "")}});
  for (const SignatureRecord& record : twin.signatures) CHECK_FALSE(record.verified);
}

TEST_CASE("no changed byte of list or signature leaves the list standing") {
  const World world;
  const Source source = Source::from_bytes(kName, as_bytes(kContent)).take();
  const TrustStore store = TrustStore::load(world.folder.path(), test::all_formats()).take();
  const std::string signature = list_minisig(world.acme).bytes;
  const std::size_t comment_end = signature.find('\n');
  const auto stands = [&](const std::string& list, const std::string& by) {
    const std::vector<Sidecar> sidecars{{"SHA256SUMS", list}, {"SHA256SUMS.minisig", by}};
    const TrustFindings found =
        check_signatures(source, sidecars, store, "", test::all_formats(), kNow).take();
    return std::any_of(found.signatures.begin(), found.signatures.end(),
                       [](const SignatureRecord& record) { return record.verified; });
  };
  REQUIRE(stands(kList, signature));
  for (std::size_t i = 0; i < kList.size(); ++i) {
    std::string bad = kList;
    bad[i] = static_cast<char>(bad[i] ^ 1);
    CHECK_FALSE(stands(bad, signature));
  }
  for (std::size_t i = comment_end; i < signature.size(); ++i) {
    std::string bad = signature;
    bad[i] = static_cast<char>(bad[i] ^ 1);
    CHECK_FALSE(stands(kList, bad));
  }
}

TEST_CASE("a source larger than one piece") {
  const World world;
  std::string content(3'000'000, 'x');
  content[2'500'000] = 'y';
  const Source source = Source::from_bytes(kName, as_bytes(content)).take();
  const TrustStore store = TrustStore::load(world.folder.path(), test::all_formats()).take();
  const std::string list =
      to_hex(digest(HashAlgorithm::sha384, as_bytes(content))) + "  " + kName;
  const std::vector<Sidecar> sidecars{{kName + ".minisig", world.acme.sign(content, "")},
                                      {"checksums.txt", list},
                                      {"checksums.txt.minisig", world.acme.sign(list, "")}};
  const TrustFindings found =
      check_signatures(source, sidecars, store, "", test::all_formats(), kNow).take();
  REQUIRE(found.signatures.size() == 3);
  for (const SignatureRecord& record : found.signatures) CHECK(record.verified);
}

}  // namespace
}  // namespace assay
