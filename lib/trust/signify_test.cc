#include <doctest/doctest.h>
#include <fmt/format.h>

#include <array>

#include "trust/minisign.h"
#include "trust/signed_file.h"
#include "trust/test_kit.h"

namespace assay {
namespace {

using test::MiniKey;
using test::pinned;
using test::run;
using test::TempFolder;

constexpr Time kNow{1'800'000'000};
const Sidecar kFile{"acme-1.tgz", "the bundle"};

/// A signify key made for one test.
struct Maker {
  SigningKey key = SigningKey::generate().take();
  std::string number = "kkkkkkkk";

  std::string pub(std::string_view comment = "signify") const {
    const std::string bytes = "Ed" + number + std::string(as_text(key.public_key()));
    return fmt::format("untrusted comment: {} public key\n{}\n", comment,
                       to_base64(as_bytes(bytes)));
  }
  TrustedKey pin() const { return pinned(signify_key_format.read(pub()).take(), "acme"); }
  std::string sign(std::string_view message, std::string_view algorithm = "Ed") const {
    const auto signature = key.sign(as_bytes(message)).take();
    const std::string bytes = std::string(algorithm) + number + std::string(as_text(signature));
    return "untrusted comment: verify with acme.pub\n" + to_base64(as_bytes(bytes)) + "\n";
  }
  std::string embed(std::string_view message) const {
    return sign(message) + std::string(message);
  }
};

SignatureRecord check(std::string_view signature, std::span<const TrustedKey> keys,
                      const Sidecar& file = kFile,
                      const SignatureFormat& format = signify_format) {
  SignatureRecord record = test::judged(format, {file.name + ".sig", std::string(signature)},
                                        MemoryFile(file), keys, kNow)
                               .take();
  CHECK(record.verified == record.reason.empty());
  return record;
}

TEST_CASE("a good signature, a changed file, a key that nobody pinned") {
  const Maker maker, impostor;
  const std::array keys{maker.pin()};
  const SignatureRecord record = check(maker.sign(kFile.bytes), keys);
  CHECK(record.verified);
  CHECK(record.key == "acme");
  CHECK(record.key_id == "6B6B6B6B6B6B6B6B");
  const SignatureRecord changed = check(maker.sign(kFile.bytes), keys, {kFile.name, "x"});
  CHECK(changed.reason == "bad-signature");
  CHECK(changed.detail == "the file is not what was signed");
  CHECK(check(impostor.sign(kFile.bytes), keys).reason == "bad-signature");
  Maker stranger;
  stranger.number = "ssssssss";
  const SignatureRecord unknown = check(stranger.sign(kFile.bytes), keys);
  CHECK(unknown.reason == "unknown-key");
  CHECK(unknown.detail == "signify key 7373737373737373 is not pinned");
  const std::array both{impostor.pin(), maker.pin()};
  CHECK(check(maker.sign(kFile.bytes), both).verified);
}

TEST_CASE("a legacy minisign signature cut down to signify's two lines") {
  const MiniKey mini('k');
  const std::string whole = mini.sign(kFile.bytes, "file:another-1.tgz", "Ed");
  const std::string cut = whole.substr(0, whole.find("trusted comment: f"));
  REQUIRE(signify_format.matches(cut));
  std::array keys{mini.pinned("acme-minisign")};
  keys[0].algorithms = {"Ed", "ED"};
  const SignatureRecord record = check(cut, keys);
  CHECK(record.reason == "sidecar-malformed");
  CHECK(
      record.detail ==
      "a minisign signature cut short: the trusted comment that key 6B6B6B6B6B6B6B6B signs is "
      "missing");
  CHECK(check(cut + kFile.bytes, keys, kFile, signify_embedded_format).reason ==
        "sidecar-malformed");
  // The same key pinned as signify's too: whoever wants the comment gets it or nothing.
  std::array both{mini.pinned("acme-minisign"),
                  pinned(signify_key_format.read(mini.pub()).take(), "acme-signify")};
  CHECK(check(cut, both).reason == "sidecar-malformed");
  CHECK(check(cut, std::span(both).last(1)).verified);
}

TEST_CASE("no bit of file or signature can change, but in the comment nobody signed") {
  const Maker maker;
  const std::array keys{maker.pin()};
  const std::string list = sha256_hex(as_bytes(kFile.bytes)) + "  " + kFile.name + "\n";
  std::size_t refused = 0, told = 0;
  for (const bool embedded : {false, true}) {
    const SignatureFormat& format = embedded ? signify_embedded_format : signify_format;
    const std::string good = embedded ? maker.embed(list) : maker.sign(kFile.bytes);
    REQUIRE(check(good, keys, kFile, format).verified);
    const std::size_t begin = std::string_view("untrusted comment: ").size();
    const std::size_t end = good.find('\n');
    for (std::size_t i = 0; i < good.size(); ++i) {
      for (const int flip : {1, 2, 4, 8, 16, 32, 64, 128}) {
        std::string bad = good;
        bad[i] = static_cast<char>(static_cast<unsigned char>(bad[i]) ^ flip);
        CAPTURE(i);
        const bool verified = check(bad, keys, kFile, format).verified;
        CHECK((!verified || (i >= begin && i < end)));
        ++(verified ? told : refused);
      }
    }
  }
  for (std::size_t i = 0; i < kFile.bytes.size(); ++i) {
    Sidecar file = kFile;
    file.bytes[i] = static_cast<char>(file.bytes[i] ^ 1);
    CHECK(check(maker.sign(kFile.bytes), keys, file).reason == "bad-signature");
  }
  MESSAGE(fmt::format("{} changed bits refused, {} of the unsigned comment", refused, told));
}

TEST_CASE("what is no signature file") {
  const Maker maker;
  const std::array keys{maker.pin()};
  const std::string good = maker.sign(kFile.bytes);
  std::string crlf;
  for (const char c : good) crlf += c == '\n' ? std::string("\r\n") : std::string(1, c);
  const std::string cases[] = {
      "",
      crlf,
      "\n" + good,
      good + "x",
      good + "\n",
      good + good,
      good.substr(0, good.size() - 1),
      maker.sign(kFile.bytes, "ED"),
      maker.sign(kFile.bytes, "EB"),
      "untrusted comment: \x1b[2J\n" + good.substr(good.find('\n') + 1),
      "untrusted comment: " + std::string(1100, 'x') + good.substr(good.find('\n')),
  };
  for (const std::string& text : cases) {
    CAPTURE(text);
    CHECK(check(text, keys).reason == "sidecar-malformed");
  }
  for (std::size_t size = 0; size < good.size(); ++size) {
    CHECK(check(good.substr(0, size), keys).reason == "sidecar-malformed");
  }
}

TEST_CASE("which of the two programs' files this is") {
  const Maker maker;
  const MiniKey mini('m');
  const auto who = [](std::string_view bytes) {
    std::string names;
    for (const SignatureFormat* format : test::all_formats().signatures) {
      if (format->matches(bytes)) names += std::string(format->name) + " ";
    }
    return names;
  };
  CHECK(who(maker.sign("x")) == "signify ");
  CHECK(who(maker.embed("x")) == "signify-embedded ");
  CHECK(who(mini.sign("x", "")) == "minisign ");
  CHECK(who(mini.sign("x", "", "Ed")) == "minisign ");
  CHECK(who("untrusted comment: x\n").empty());
  const auto format = [](std::string_view key) {
    return read_published_key(key, test::all_formats()).take().format;
  };
  CHECK(format(maker.pub()) == "signify");
  CHECK(format(maker.pub("openbsd 7.6 base")) == "signify");
  CHECK(format(mini.pub()) == "minisign");
  const std::string line = maker.pub().substr(maker.pub().find('\n') + 1);
  CHECK(format(line) == "minisign");  // nothing says otherwise
  CHECK(signify_key_format.read(line).take().id == signify_key_format.read(maker.pub())->id);
  CHECK(signify_key_format.read(maker.sign("x")).error().what ==
        "this is a signify signature, not a key");
  CHECK(signify_key_format.read("untrusted comment: signify secret key\nAAAA\n")
            .error()
            .what.find("secret") != std::string::npos);
}

TEST_CASE("a list with its signature in it, found and read") {
  const TempFolder folder;
  const Maker maker;
  const std::string keys = folder / "trust/keys/acme";
  REQUIRE(make_folder(folder / "trust/vendors.d"));
  REQUIRE(make_folder(keys));
  REQUIRE(write_file(keys + "/acme.pub", maker.pub()));
  REQUIRE(write_file(
      folder / "trust/vendors.d/acme.toml",
      fmt::format("schema = \"assay-vendor/1\"\nvendor = \"acme\"\nmatch = [\"acme-*\"]\n"
                  "[[key]]\nname = \"acme\"\nformat = \"signify\"\nid = \"{}\"\n"
                  "file = \"acme/acme.pub\"\n",
                  maker.pin().id)));
  const std::string bundle = folder / kFile.name;
  REQUIRE(write_file(bundle, kFile.bytes));
  const auto records = [&](const std::string& list) {
    REQUIRE(write_file(folder / "SHA256.sig", list));
    const auto found = find_sidecars(bundle, test::all_formats(), {}).take();
    REQUIRE(found.size() == 1);
    const Source source = Source::open(bundle, {}).take();
    const TrustStore store = TrustStore::load(folder / "trust", test::all_formats()).take();
    return check_signatures(source, found, store, "", test::all_formats(), kNow)
        .take()
        .signatures;
  };
  const auto list = [&](std::string_view bytes) {
    return fmt::format("SHA256 ({}) = {}\n", kFile.name, sha256_hex(as_bytes(bytes)));
  };
  const auto good = records(maker.embed(list(kFile.bytes)));
  REQUIRE(good.size() == 2);
  CHECK(good[0].verified);
  CHECK(good[0].subject == "SHA256.sig");
  CHECK(good[1].verified);
  CHECK(good[1].is_list);
  CHECK(good[1].subject == kFile.name);
  CHECK(records(maker.embed(list("another")))[1].reason == "digest-mismatch");
  CHECK(records(maker.embed("x"))[1].reason == "list-malformed");
  const auto forged = records(maker.sign(list("another")) + list(kFile.bytes));
  REQUIRE(forged.size() == 1);
  CHECK(forged[0].reason == "bad-signature");
}

TEST_CASE("stock signify, both ways") {
  if (!run("signify-openbsd -h; [ $? != 127 ]")) {
    MESSAGE("signify-openbsd is not installed: skipped");
    return;
  }
  const TempFolder folder;
  const std::string bundle = folder / "acme-1.tgz", sig = folder / "acme-1.tgz.sig";
  const std::string pub = folder / "k.pub", signify = "signify-openbsd ";
  REQUIRE(write_file(bundle, kFile.bytes));
  REQUIRE(run(signify + "-G -n -p " + pub + " -s " + (folder / "k.sec")));
  const PublishedKey key =
      read_published_key(read_file(pub).take(), test::all_formats()).take();
  CHECK(key.format == "signify");
  const std::array keys{pinned(key, "acme")};
  REQUIRE(run(signify + "-S -s " + (folder / "k.sec") + " -m " + bundle + " -x " + sig));
  const std::string good = read_file(sig).take();
  CHECK(check(good, keys).verified);
  std::size_t both = 0, stricter = 0;
  for (std::size_t i = 0; i < good.size(); i += 2) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 1);
    REQUIRE(write_file(sig, bad));
    const bool theirs = run(signify + "-V -q -p " + pub + " -m " + bundle + " -x " + sig);
    const bool ours = check(bad, keys).verified;
    CHECK((theirs || !ours));
    both += theirs == ours ? 1U : 0U;
    stricter += theirs && !ours ? 1U : 0U;
  }
  MESSAGE(fmt::format("{} changed signatures judged alike, {} refused by assay alone", both,
                      stricter));
  // An embedded one, and ours by it.
  REQUIRE(run(signify + "-S -e -s " + (folder / "k.sec") + " -m " + bundle + " -x " + sig));
  CHECK(check(read_file(sig).take(), keys, kFile, signify_embedded_format).verified);
  const Maker maker;
  REQUIRE(write_file(pub, maker.pub()));
  REQUIRE(write_file(sig, maker.sign(kFile.bytes)));
  CHECK(run(signify + "-V -q -p " + pub + " -m " + bundle + " -x " + sig));
  // Intended difference: it takes what follows the signature.
  REQUIRE(write_file(sig, maker.sign(kFile.bytes) + "x"));
  CHECK(run(signify + "-V -q -p " + pub + " -m " + bundle + " -x " + sig));
  CHECK_FALSE(check(maker.sign(kFile.bytes) + "x", std::array{maker.pin()}).verified);
}

}  // namespace
}  // namespace assay
