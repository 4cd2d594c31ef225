#include <doctest/doctest.h>
#include <fmt/format.h>

#include <array>

#include "base/json.h"
#include "crypto/envelope.h"
#include "model/reason.h"
#include "trust/signed_file.h"
#include "trust/test_kit.h"

namespace assay {
namespace {

using test::pinned;
using test::run;
using test::TempFolder;

constexpr Time kNow{1'800'000'000};
const std::string kName = "acme-1.tgz";
const std::string kContent = "the bundle";
const std::string kSha256 = sha256_hex(as_bytes(kContent));
const std::string kSha512 = to_hex(digest(HashAlgorithm::sha512, as_bytes(kContent)));

std::string statement(std::string_view subjects,
                      std::string_view type = "https://in-toto.io/Statement/v1") {
  return fmt::format(R"({{"_type":"{}","predicate":{{}},"predicateType":"https://slsa.dev/)"
                     R"(provenance/v1","subject":[{}]}})",
                     type, subjects);
}
std::string subject(std::string_view digests, std::string_view name = kName) {
  return fmt::format(R"({{"digest":{{{}}},"name":"{}"}})", digests, name);
}
std::string about(std::string_view algorithm, std::string_view value,
                  std::string_view name = kName) {
  return statement(subject(fmt::format(R"("{}":"{}")", algorithm, value), name));
}
const std::string kGood = about("sha256", kSha256);

/// One member of "signatures".
std::string signature_of(const SigningKey& key, std::string_view payload,
                         std::string_view key_id = "",
                         std::string_view type = kInTotoPayloadType) {
  const auto bytes = key.sign(as_bytes(dsse_pae(type, payload))).take();
  return fmt::format(R"({{"keyid":"{}","sig":"{}"}})", key_id, to_base64(bytes));
}
std::string envelope(std::string_view payload, std::string_view signatures,
                     std::string_view type = kInTotoPayloadType) {
  return fmt::format(R"({{"payload":"{}","payloadType":"{}","signatures":[{}]}})",
                     to_base64(as_bytes(payload)), type, signatures);
}
std::string signed_by(const SigningKey& key, std::string_view payload) {
  return envelope(payload, signature_of(key, payload));
}

/// Vendor acme pins one key, for provenance unless the test says otherwise.
struct World {
  explicit World(const std::string& roles = "\"provenance\"") {
    const std::string pem = public_key_pem(key.public_key());
    REQUIRE(make_folder(folder / "vendors.d"));
    REQUIRE(make_folder(folder / "keys/acme"));
    REQUIRE(write_file(folder / "keys/acme/ci.pem", pem));
    id = spki_key_format.read(pem).take().id;
    REQUIRE(write_file(
        folder / "vendors.d/acme.toml",
        fmt::format("schema = \"assay-vendor/1\"\nvendor = \"acme\"\nmatch = [\"acme-*\"]\n"
                    "[[key]]\nname = \"acme-ci\"\nformat = \"spki\"\nid = \"{}\"\n"
                    "file = \"acme/ci.pem\"\nroles = [{}]\n",
                    id, roles)));
  }

  std::vector<SignatureRecord> records(const std::string& bytes,
                                       const std::string& content = kContent) const {
    const Source source = Source::from_bytes(kName, as_bytes(content)).take();
    const TrustStore store = TrustStore::load(folder.path(), test::all_formats()).take();
    const std::array sidecars{Sidecar{kName + ".intoto.jsonl", bytes}};
    auto found =
        check_signatures(source, sidecars, store, "", test::all_formats(), kNow).take();
    for (const SignatureRecord& record : found.signatures) {
      CHECK(record.verified == record.reason.empty());
      CHECK((record.verified || find_reason(record.reason) != nullptr));
    }
    return std::move(found.signatures);
  }
  /// What the statement says, once its signature holds.
  SignatureRecord told(const std::string& payload) const {
    const auto all = records(signed_by(key, payload));
    REQUIRE(all.size() == 2);
    CHECK(all[0].verified);
    CHECK(all[1].is_list);
    return all[1];
  }
  SignatureRecord only(const std::string& bytes) const {
    const auto all = records(bytes);
    REQUIRE(all.size() == 1);
    return all[0];
  }

  TempFolder folder{};
  SigningKey key = SigningKey::generate().take(), stranger = SigningKey::generate().take();
  std::string id{};
};

TEST_CASE("a signed statement about the bundle") {
  const World world;
  const auto all = world.records(signed_by(world.key, kGood));
  REQUIRE(all.size() == 2);
  CHECK(all[0].format == "dsse");
  CHECK(all[0].subject == kName + ".intoto.jsonl");
  CHECK(all[0].algorithm == "Ed25519");
  CHECK(all[0].verified);
  CHECK(all[1].format == "in-toto");
  CHECK(all[1].subject == kName);
  CHECK(all[1].key == "acme-ci");
  CHECK(all[1].verified);
  const SignatureRecord other = world.records(signed_by(world.key, kGood), "other").at(1);
  CHECK(other.reason == "digest-mismatch");
  CHECK_FALSE(other.verified);
}

TEST_CASE("a statement with digests that do not count, or that do not all fit") {
  const World world;
  const std::string sha1(40, 'a'), none(64, 'b');
  const SignatureRecord weak = world.told(about("sha1", sha1));
  CHECK(weak.reason == "weak-algorithm");
  CHECK(weak.detail.ends_with("names the file by sha1 only, which does not count"));
  CHECK(world.told(about("gitCommit", sha1)).reason == "weak-algorithm");
  CHECK(world.told(about("dirHash", "h1:AAAA")).reason == "weak-algorithm");
  CHECK(world.told(about("SHA256", kSha256)).reason == "weak-algorithm");
  CHECK(world.told(about("sha\\u001b[2J", kSha256)).detail.find("sha\\x1b[2J") !=
        std::string::npos);
  const auto two = [&](std::string_view sha256, std::string_view sha512) {
    return world.told(
        statement(subject(fmt::format(R"("sha256":"{}","sha512":"{}")", sha256, sha512))));
  };
  CHECK(two(kSha256, kSha512).verified);
  CHECK(two(none, kSha512).reason == "digest-mismatch");
  CHECK(two(kSha256, std::string(128, 'c')).reason == "digest-mismatch");
  CHECK(
      world.told(statement(subject(fmt::format(R"("sha1":"{}","sha256":"{}")", sha1, kSha256))))
          .verified);
}

TEST_CASE("subjects are told by their base names") {
  const World world;
  CHECK(world.told(about("sha256", kSha256, "dist/linux/" + kName)).verified);
  CHECK(world.told(about("sha256", kSha256, "https://acme.example/" + kName)).verified);
  CHECK(world.told(about("sha256", kSha256, "acme-2.tgz")).reason == "list-not-naming");
  CHECK(world.told(about("sha256", kSha256, kName + "/")).reason == "list-not-naming");
  CHECK(world.told(about("sha256", kSha256, "")).reason == "list-not-naming");
  const std::string both =
      subject(fmt::format(R"("sha256":"{}")", kSha256), "linux/" + kName) + "," +
      subject(fmt::format(R"("sha256":"{}")", std::string(64, 'd')), "macos/" + kName);
  CHECK(world.told(statement(both)).reason == "list-conflict");
  CHECK(world
            .told(statement(subject(fmt::format(R"("sha256":"{}")", kSha256)),
                            "https://in-toto.io/Statement/v0.1"))
            .verified);
}

TEST_CASE("what is no statement, though it is signed") {
  const World world;
  const std::string subjects = subject(fmt::format(R"("sha256":"{}")", kSha256));
  const auto replaced = [&](std::string_view from, std::string_view to) {
    std::string text = kGood;
    const std::size_t at = text.find(from);
    REQUIRE(at != text.npos);
    return text.replace(at, from.size(), to);
  };
  const std::string cases[] = {
      "{}",
      "x",
      "",
      kGood + "x",
      statement(""),
      statement("1"),
      statement(subject("")),
      statement(subject(R"("sha256":1)")),
      statement(subjects, "https://in-toto.io/Statement/v2"),
      about("sha256", kSha256.substr(1)),
      about("sha256", std::string(64, 'g')),
      about("sha512", kSha256),
      replaced("\"predicate\":{}", "\"predicate\":{},\"predicate\":{}"),
      replaced("\"predicate\":{}", "\"predicate\":\"\xff\""),
      replaced("\"predicate\":{}", "\"predicate\":1.5"),
      replaced("\"predicate\":{}", "\"predicate\":9007199254740993"),
      replaced("\"predicate\":{}",
               "\"predicate\":" + std::string(40, '[') + std::string(40, ']')),
      replaced("predicateType", "predicateTypf"),
      replaced("\"sha256\"", "\"sha256\":\"" + kSha256 + "\",\"sha256\""),
  };
  for (const std::string& text : cases) {
    CAPTURE(text);
    CHECK(world.told(text).reason == "list-malformed");
  }
  CHECK(world.told(replaced("\"predicate\":{}", "\"more\":[],\"predicate\":{}")).verified);
}

TEST_CASE("whose signature it is") {
  const World world, payload("\"payload\"");
  const SignatureRecord unknown = world.only(signed_by(world.stranger, kGood));
  CHECK(unknown.reason == "unknown-key");
  CHECK(unknown.key.empty());
  CHECK(unknown.detail == "no pinned public key made this signature");
  CHECK(payload.only(signed_by(payload.key, kGood)).reason == "wrong-role");
  const std::string digits = world.id.substr(7);
  const SignatureRecord claimed =
      world.only(envelope(kGood, signature_of(world.stranger, kGood, digits)));
  CHECK(claimed.reason == "bad-signature");
  CHECK(claimed.key == "acme-ci");
  CHECK(claimed.detail.ends_with("the statement is not what was signed"));
  // The hint decides nothing: another's id, and none.
  CHECK(world.records(envelope(kGood, signature_of(world.key, kGood, std::string(64, '0'))))
            .at(1)
            .verified);
  // Two signatures: each told, the one that holds counts.
  const auto two =
      world.records(envelope(kGood, signature_of(world.stranger, kGood, "\\u001b") + "," +
                                        signature_of(world.key, kGood)));
  REQUIRE(two.size() == 3);
  CHECK(two[0].reason == "unknown-key");
  CHECK(two[0].key_id == "\\x1b");
  CHECK(two[1].verified);
  CHECK(two[2].verified);
  // The payload of one envelope under the signature of another.
  CHECK(
      world
          .only(envelope(kGood, signature_of(world.key, about("sha256", std::string(64, 'e')))))
          .reason == "unknown-key");
  CHECK(world.only(envelope(kGood, signature_of(world.key, kGood, "", "text/plain"))).reason ==
        "unknown-key");
}

TEST_CASE("one envelope, or one a line") {
  const World world;
  const std::string good = signed_by(world.key, kGood);
  const std::string old = signed_by(world.key, about("sha256", kSha256, "acme-0.tgz"));
  CHECK(world.records(good + "\n").at(1).verified);
  const auto lines = world.records(old + "\n" + good + "\n");
  REQUIRE(lines.size() == 4);
  CHECK(lines[1].reason == "list-not-naming");
  CHECK(lines[3].verified);
  CHECK(world.records(Json::parse(good).take().pretty()).at(1).verified);
  std::string url_safe = signature_of(world.key, kGood);
  for (char& c : url_safe) c = c == '+' ? '-' : c == '/' ? '_' : c;
  CHECK(world.records(envelope(kGood, url_safe)).at(1).verified);
  std::string many, lines_many;
  for (int i = 0; i < 17; ++i) {
    many += (many.empty() ? "" : ",") + signature_of(world.stranger, kGood);
  }
  for (int i = 0; i < 65; ++i) lines_many += good + "\n";
  const std::string cases[] = {good + "\n\n" + good,

                               good + good,
                               good + "\n" + good + "x",
                               good + "\n" + "junk",
                               envelope(kGood, ""),
                               envelope(kGood, many),
                               lines_many,
                               envelope(kGood, R"({"sig":1})"),
                               "",
                               "{",
                               "[]"};
  for (const std::string& text : cases) {
    CAPTURE(text);
    CHECK(world.only(text).reason == "sidecar-malformed");
  }
  const std::string plain =
      envelope(kGood, signature_of(world.key, kGood, "", "text/plain"), "text/plain");
  const SignatureRecord other = world.only(plain);
  CHECK(other.reason == "unsupported-signature");
  CHECK(other.detail == "an envelope around 'text/plain', not around an in-toto statement");
}

TEST_CASE("no bit of bundle or envelope can change, but in the hint nobody signed") {
  const World world;
  const std::string good = envelope(kGood, signature_of(world.key, kGood, "acme"));
  const std::size_t begin = good.find("\"keyid\""), end = good.find("\"sig\"");
  std::size_t refused = 0, told = 0;
  const std::array keys{
      pinned(spki_key_format.read(public_key_pem(world.key.public_key())).take(), "ci")};
  const auto holds = [&](const std::string& bytes) {
    const Sidecar file{kName, kContent}, sidecar{kName + ".att", bytes};
    const TrustStore nobody;
    const auto answers = dsse_format.verify({sidecar, MemoryFile(file), keys, nobody, kNow});
    return answers && answers->at(0).reason.empty();
  };
  REQUIRE(holds(good));
  for (std::size_t i = 0; i < good.size(); ++i) {
    for (const int flip : {1, 2, 4, 8, 16, 32, 64, 128}) {
      std::string bad = good;
      bad[i] = static_cast<char>(static_cast<unsigned char>(bad[i]) ^ flip);
      CAPTURE(i);
      const bool verified = holds(bad);
      CHECK((!verified || (i >= begin && i < end)));
      ++(verified ? told : refused);
    }
  }
  for (std::size_t i = 0; i < kContent.size(); ++i) {
    std::string bundle = kContent;
    bundle[i] = static_cast<char>(bundle[i] ^ 1);
    CHECK(world.records(signed_by(world.key, kGood), bundle).at(1).reason == "digest-mismatch");
  }
  MESSAGE(fmt::format("{} changed bits refused, {} of the unsigned keyid", refused, told));
}

TEST_CASE("openssl signs an envelope as cosign does, and verifies one of ours") {
  const World world;
  const TempFolder folder;
  const auto openssl = [&](const std::string& arguments) {
    return run(fmt::format("sh -c 'cd {} && openssl {}'", folder.path(), arguments));
  };
  REQUIRE(write_file(folder / "pae", dsse_pae(kInTotoPayloadType, kGood)));
  REQUIRE(openssl("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out ec.key"));
  REQUIRE(openssl("pkey -in ec.key -pubout -out ec.pub"));
  REQUIRE(openssl("dgst -sha256 -sign ec.key -out sig pae"));
  const std::string sig = to_base64(as_bytes(read_file(folder / "sig").take()));
  std::array keys{pinned(
      read_published_key(read_file(folder / "ec.pub").take(), test::all_formats()).take(),
      "ci")};
  keys[0].roles = {"provenance"};
  const Sidecar file{kName, kContent};
  const Sidecar sidecar{kName + ".att",
                        envelope(kGood, fmt::format(R"({{"keyid":"","sig":"{}"}})", sig))};
  CHECK(test::judged(dsse_format, sidecar, MemoryFile(file), keys, kNow)->verified);
  keys[0].algorithms = {"ECDSA-SHA384"};
  CHECK(test::judged(dsse_format, sidecar, MemoryFile(file), keys, kNow)->reason ==
        "unknown-key");
  const auto ours = world.key.sign(as_bytes(dsse_pae(kInTotoPayloadType, kGood))).take();
  REQUIRE(write_file(folder / "ours", as_text(ours)));
  REQUIRE(write_file(folder / "ours.pub", public_key_pem(world.key.public_key())));
  CHECK(openssl("pkeyutl -verify -pubin -inkey ours.pub -rawin -in pae -sigfile ours"));
}

TEST_CASE("a statement that nobody signed is data") {
  const World world;
  const SignatureRecord record = world.only(kGood);
  CHECK_FALSE(record.verified);
  CHECK_FALSE(record.is_list);
}

}  // namespace
}  // namespace assay
