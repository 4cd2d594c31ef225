#include "trust/ssh.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <array>

#include "model/reason.h"
#include "trust/signed_file.h"
#include "trust/test_kit.h"

namespace assay {
namespace {

using test::pinned;
using test::run;
using test::TempFolder;

constexpr Time kNow{1'800'000'000};
const Sidecar kFile{"acme-1.tgz", "the bundle"};

std::string text_of(std::string_view value) {
  std::string spelled;
  for (const unsigned shift : {24U, 16U, 8U, 0U}) {
    spelled += static_cast<char>(value.size() >> shift & 0xffU);
  }
  return spelled.append(value);
}

std::string armoured(std::string_view blob, std::size_t width = 70) {
  const std::string base64 = to_base64(as_bytes(blob));
  std::string text = "-----BEGIN SSH SIGNATURE-----\n";
  for (std::size_t at = 0; at < base64.size(); at += width) {
    text += base64.substr(at, width) + "\n";
  }
  return text + "-----END SSH SIGNATURE-----\n";
}

/// An Ed25519 key that signs as `ssh-keygen -Y sign` does, or as asked.
struct Maker {
  SigningKey key = SigningKey::generate().take();
  std::string type = "ssh-ed25519";
  bool token = false;

  static Maker security_key() { return {.type = "sk-ssh-ed25519@openssh.com", .token = true}; }

  std::string blob() const {
    return text_of(type) + text_of(as_text(key.public_key())) + (token ? text_of("ssh:") : "");
  }
  std::string line() const { return type + " " + to_base64(as_bytes(blob())) + " ops@acme\n"; }
  TrustedKey pin() const { return pinned(ssh_key_format.read(line()).take(), "acme-ssh"); }

  /// What differs from a signature that is as it should be.
  struct Odd {
    std::string space = "file", reserved{}, hash = "sha512", algorithm{}, after_signature{},
                version{"\0\0\0\1", 4}, magic = "SSHSIG";
    char flags = 1;
  };
  std::string sign(const Odd& odd) const {
    const auto hashed =
        digest(odd.hash == "sha256" ? HashAlgorithm::sha256 : HashAlgorithm::sha512,
               as_bytes(kFile.bytes));
    const std::string names = text_of(odd.space) + text_of(odd.reserved) + text_of(odd.hash);
    std::string data = "SSHSIG" + names + text_of(as_text(hashed));
    const std::string tail =
        token ? std::string(1, odd.flags) + std::string("\0\0\0\7", 4) : "";
    if (token) {
      data = std::string(as_text(digest(HashAlgorithm::sha256, as_bytes("ssh:")))) + tail +
             std::string(as_text(digest(HashAlgorithm::sha256, as_bytes(data))));
    }
    const auto signature = key.sign(as_bytes(data)).take();
    const std::string inner = text_of(odd.algorithm.empty() ? type : odd.algorithm) +
                              text_of(as_text(signature)) + tail + odd.after_signature;
    return odd.magic + odd.version + text_of(blob()) + names + text_of(inner);
  }
  std::string sign() const { return armoured(sign(Odd{})); }
};

SignatureRecord check(std::string_view signature, std::span<const TrustedKey> keys,
                      const Sidecar& file = kFile) {
  SignatureRecord record =
      test::judged(sshsig_format, {file.name + ".sig", std::string(signature)},
                   MemoryFile(file), keys, kNow)
          .take();
  CHECK(record.verified == record.reason.empty());
  CHECK((record.verified || find_reason(record.reason) != nullptr));
  return record;
}

TEST_CASE("a good signature, and a file it was not made for") {
  const Maker maker, stranger;
  const std::array keys{maker.pin()};
  const SignatureRecord record = check(maker.sign(), keys);
  CHECK(record.verified);
  CHECK(record.key == "acme-ssh");
  CHECK(record.key_id == ssh_fingerprint(maker.blob()));
  CHECK(check(armoured(maker.sign({.hash = "sha256"})), keys).verified);
  const SignatureRecord other = check(maker.sign(), keys, {kFile.name, "another bundle"});
  CHECK(other.reason == "bad-signature");
  CHECK(other.detail == "the file is not what was signed");
  const SignatureRecord unknown = check(stranger.sign(), keys);
  CHECK(unknown.reason == "unknown-key");
  CHECK(unknown.key.empty());
  CHECK(unknown.key_id == ssh_fingerprint(stranger.blob()));
}

TEST_CASE("a signature for another purpose: git, or what the pin does not list") {
  const Maker maker;
  std::array keys{maker.pin()};
  const SignatureRecord git = check(armoured(maker.sign({.space = "git"})), keys);
  CHECK(git.reason == "wrong-namespace");
  CHECK(git.key == "acme-ssh");
  CHECK(git.detail == "made for the namespace 'git', which the key is not pinned for");
  CHECK(check(armoured(maker.sign({.space = "File"})), keys).reason == "wrong-namespace");
  CHECK(check(armoured(maker.sign({.space = "file\n"})), keys).reason == "wrong-namespace");
  keys[0].namespaces = {"release", "git"};
  CHECK(check(armoured(maker.sign({.space = "git"})), keys).verified);
  CHECK(check(maker.sign(), keys).reason == "wrong-namespace");
  keys[0].namespaces = {};
  CHECK(check(maker.sign(), keys).reason == "wrong-namespace");
  // Changed bytes weigh more than the purpose.
  CHECK(check(armoured(maker.sign({.space = "git"})), keys, {"x", "y"}).reason ==
        "bad-signature");
}

TEST_CASE("security keys: somebody must have touched them") {
  const Maker maker = Maker::security_key();
  const std::array keys{maker.pin()};
  CHECK(check(maker.sign(), keys).verified);
  CHECK(check(armoured(maker.sign({.flags = 5})), keys).verified);  // and gave a PIN
  const SignatureRecord absent = check(armoured(maker.sign({.flags = 4})), keys);
  CHECK(absent.reason == "no-user-presence");
  CHECK(absent.detail == "nobody touched the token that made it");
  // The flag is signed: set afterwards it fits no longer.
  std::string forged = maker.sign({.flags = 0});
  forged[forged.size() - 5] = 1;
  CHECK(check(armoured(forged), keys).reason == "bad-signature");
}

TEST_CASE("webauthn, DSA, ssh-rsa, certificates, and a version to come") {
  const Maker maker;
  const std::array keys{maker.pin()};
  const auto reason = [&](const Maker& one, const Maker::Odd& odd) {
    return check(armoured(one.sign(odd)), keys).reason;
  };
  CHECK(reason(maker, {.algorithm = "webauthn-sk-ecdsa-sha2-nistp256@openssh.com"}) ==
        "unsupported-signature");
  CHECK(reason(maker, {.algorithm = "ssh-dss"}) == "weak-algorithm");
  CHECK(reason(maker, {.algorithm = "ssh-rsa"}) == "weak-algorithm");
  CHECK(reason({.type = "ssh-dss"}, {}) == "weak-algorithm");
  CHECK(reason({.type = "ssh-dss"}, {.algorithm = "ssh-ed25519"}) == "weak-algorithm");
  CHECK(reason({.type = "ssh-ed25519-cert-v01@openssh.com"}, {}) == "unsupported-signature");
  CHECK(reason({.type = "ssh-mldsa65"}, {}) == "unsupported-signature");
  CHECK(reason(maker, {.algorithm = "rsa-sha2-512"}) == "sidecar-malformed");
  CHECK(reason(maker, {.version = {"\0\0\0\2", 4}}) == "unsupported-signature");
  CHECK(reason(maker, {.version = {"\0\0\0\0", 4}}) == "sidecar-malformed");
}

TEST_CASE("what is no signature") {
  const Maker maker, token = Maker::security_key();
  const std::array keys{maker.pin(), token.pin()};
  const std::string blob = maker.sign(Maker::Odd{}), good = armoured(blob);
  const std::string begin = "-----BEGIN SSH SIGNATURE-----\n";
  const auto body = [&] { return good.substr(begin.size()); };
  std::string crlf;
  for (const char c : good) crlf += c == '\n' ? std::string("\r\n") : std::string(1, c);
  std::string ragged = good;
  ragged.insert(begin.size() + 10, "\n");
  const std::string cases[] = {
      "",
      begin,
      begin + "-----END SSH SIGNATURE-----\n",
      crlf,
      "\n" + good,
      good + "x",
      good + "\n",
      good + good,
      good + "PK\x03\x04",
      ragged,
      begin + "\n" + body(),
      begin + " " + body(),
      "-----BEGIN SSH SIGNATURE-----" + body(),
      armoured(blob, 77),
      armoured(blob + '\0'),
      armoured(blob.substr(0, blob.size() - 1)),
      armoured(""),
      armoured(maker.sign({.space = ""})),
      armoured(maker.sign({.reserved = "x"})),
      armoured(maker.sign({.hash = "sha1"})),
      armoured(maker.sign({.hash = "SHA512"})),
      armoured(maker.sign({.after_signature = "x"})),
      armoured(token.sign({.after_signature = "x"})),
      armoured(maker.sign({.magic = "SSHSIH"})),
      armoured(maker.sign({.magic = ""})),
  };
  for (const std::string& text : cases) {
    CAPTURE(text);
    CHECK(check(text, keys).reason == "sidecar-malformed");
  }
  CHECK(check(good.substr(0, good.size() - 1), keys).verified);  // without the last line feed
  for (std::size_t size = 0; size < blob.size(); ++size) {
    CHECK_FALSE(check(armoured(std::string_view(blob).substr(0, size)), keys).verified);
  }
}

TEST_CASE("no bit of file or signature can change, but the last line feed") {
  std::size_t refused = 0, unsigned_bits = 0;
  for (const Maker& maker : {Maker{}, Maker::security_key()}) {
    const std::array keys{maker.pin()};
    const std::string good = maker.sign();
    REQUIRE(check(good, keys).verified);
    for (std::size_t i = 0; i < good.size(); ++i) {
      for (const int flip : {1, 2, 4, 8, 16, 32, 64, 128}) {
        std::string bad = good;
        bad[i] = static_cast<char>(static_cast<unsigned char>(bad[i]) ^ flip);
        CAPTURE(i);
        const bool verified = check(bad, keys).verified;
        CHECK_FALSE(verified);
        ++(verified ? unsigned_bits : refused);
      }
    }
    for (std::size_t i = 0; i < kFile.bytes.size(); ++i) {
      Sidecar file = kFile;
      file.bytes[i] = static_cast<char>(file.bytes[i] ^ 1);
      CHECK(check(good, keys, file).reason == "bad-signature");
    }
  }
  MESSAGE(fmt::format("{} changed bits of signatures refused, {} not", refused, unsigned_bits));
}

// --- Keys --------------------------------------------------------------------

TEST_CASE("the line of a .pub file") {
  const Maker maker;
  const PublishedKey key = read_published_key(maker.line(), test::all_formats()).take();
  CHECK(key.format == "ssh");
  CHECK(key.id == "sha256:" + sha256_hex(as_bytes(maker.blob())));
  CHECK(key.display_id == ssh_fingerprint(maker.blob()));
  CHECK(key.value == "ed25519:" + to_hex(maker.key.public_key()));
  CHECK(key.algorithms == std::vector<std::string>{"ssh-ed25519"});
  CHECK(key.file_text == maker.line());
  CHECK(key.notes == std::vector<std::string>{"its comment: ops@acme"});
  CHECK(Maker::security_key().pin().algorithms ==
        std::vector<std::string>{"sk-ssh-ed25519@openssh.com"});
}

TEST_CASE("a line of allowed_signers: its options are notes, or too much") {
  const Maker maker;
  const auto read = [&](const std::string& before) {
    return read_published_key(before + maker.line(), test::all_formats());
  };
  const PublishedKey key =
      read(
          "ops@acme,*@acme.example "
          "namespaces=\"file,git\",valid-after=20260101Z,valid-before=\"202701311200Z\" ")
          .take();
  CHECK(key.notes == std::vector<std::string>{
                         "its owner uses it for the namespaces file, git",
                         "its owner uses it from 2026-01-01T00:00:00Z; --from pins that",
                         "its owner uses it until 2027-01-31T12:00:00Z; --until pins that",
                         "used by ops@acme,*@acme.example", "its comment: ops@acme"});
  CHECK(read("ops@acme ").take().material == maker.blob());
  const auto what = [&](const std::string& before) {
    const auto refused = read(before);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind == Error::Kind::config);
    CHECK_FALSE(refused.error().hint.empty());
    return refused.error().what;
  };
  CHECK(what("a cert-authority ") ==
        "this key signs certificates, and certificates are not supported");
  CHECK(what("a namespaces=\"git\" ") == "its owner does not use this key for files");
  CHECK(what("a namespaces= ") == "the key's line has namespaces that cannot be read");
  CHECK(what("a namespaces=\"file,,\" ") ==
        "the key's line has namespaces that cannot be read");
  CHECK(what("a valid-after=20260101 ") ==
        "the key's line has a time that cannot be read: '20260101'");
  CHECK(what("a valid-after=20261301Z ") ==
        "the key's line has a time that cannot be read: '20261301Z'");
  CHECK(what("a no-touch-required ") ==
        "the key's line has an unknown option 'no-touch-required'");
  CHECK(what("a namespaces=\"file\", ") == "the key's options end in a comma");
  CHECK(what("command=\"x y\" ") ==
        "the key's line begins with neither the key nor who uses it");
}

TEST_CASE("what is no key that can be pinned") {
  const Maker maker;
  const auto what = [](const std::string& text) {
    const auto read = read_published_key(text, test::all_formats());
    REQUIRE_FALSE(read);
    CHECK(read.error().kind == Error::Kind::config);
    CHECK_FALSE(read.error().hint.empty());
    return read.error().what;
  };
  CHECK(what(maker.line() + maker.line()) == "this is not one line with one SSH public key");
  CHECK(what(maker.sign()) == "this is an SSH signature, not a key");
  CHECK(what("-----BEGIN OPENSSH PRIVATE KEY-----\n").find("secret") != std::string::npos);
  CHECK(what("---- BEGIN SSH2 PUBLIC KEY ----\n") == "this SSH key is in the form of RFC 4716");
  CHECK(what(Maker{.type = "ssh-dss"}.line()) ==
        "this key cannot be pinned: a DSA key proves nothing");
  CHECK(what(Maker{.type = "ssh-ed25519-cert-v01@openssh.com"}.line()) ==
        "this key cannot be pinned: an SSH certificate, which this version cannot check");
  std::string other_type = maker.line();
  other_type.replace(0, 11, "ssh-ed25518");
  CHECK(what(other_type) == "the key is of another type than its line says");
  std::string crlf = maker.line();
  crlf.insert(crlf.size() - 1, "\r");
  CHECK(what(crlf) == "the key's text has carriage returns");
  const std::string blob = maker.blob();
  const auto line_of = [](const std::string& bytes) {
    return "ssh-ed25519 " + to_base64(as_bytes(bytes)) + "\n";
  };
  CHECK(what(line_of(blob + "x")).starts_with("this key cannot be pinned"));
  for (std::size_t size = 12; size < blob.size(); ++size) {
    CHECK_FALSE(read_published_key(line_of(blob.substr(0, size)), test::all_formats()));
  }
}

// --- ssh-keygen itself -------------------------------------------------------

TEST_CASE("stock ssh-keygen: every type of key, both ways") {
  if (!run("ssh-keygen -l -f /dev/null; [ $? != 127 ]")) {
    MESSAGE("ssh-keygen is not installed: skipped");
    return;
  }
  const TempFolder folder;
  const std::string bundle = folder / "acme-1.tgz";
  REQUIRE(write_file(bundle, kFile.bytes));
  const struct {
    const char* options;
    const char* algorithm;
  } kTypes[] = {{"-t ed25519", "ssh-ed25519"},
                {"-t rsa -b 2048", "rsa-sha2-512"},
                {"-t ecdsa -b 256", "ecdsa-sha2-nistp256"},
                {"-t ecdsa -b 384", "ecdsa-sha2-nistp384"},
                {"-t ecdsa -b 521", "ecdsa-sha2-nistp521"}};
  for (const auto& type : kTypes) {
    CAPTURE(type.options);
    const std::string secret = folder / "key";
    std::filesystem::remove(secret);
    REQUIRE(run(fmt::format("ssh-keygen -q -N '' -C x {} -f {}", type.options, secret)));
    const std::string line = read_file(secret + ".pub").take();
    const PublishedKey key = read_published_key(line, test::all_formats()).take();
    REQUIRE(run(fmt::format("sh -c 'ssh-keygen -l -f {}.pub | grep -F \" {} \"'", secret,
                            key.display_id)));
    const std::array keys{pinned(key, "acme-ssh")};
    CHECK(key.algorithms.front() == type.algorithm);
    for (const char* hash : {"sha256", "sha512"}) {
      std::filesystem::remove(bundle + ".sig");
      REQUIRE(run(fmt::format("ssh-keygen -Y sign -n file -O hashalg={} -f {} {}", hash, secret,
                              bundle)));
      const SignatureRecord record = check(read_file(bundle + ".sig").take(), keys);
      CHECK(record.verified);
    }
    std::filesystem::remove(bundle + ".sig");
    REQUIRE(run(fmt::format("ssh-keygen -Y sign -n git -f {} {}", secret, bundle)));
    CHECK(check(read_file(bundle + ".sig").take(), keys).reason == "wrong-namespace");
  }
  std::filesystem::remove(folder / "key");
  REQUIRE(run("ssh-keygen -q -N '' -t rsa -b 1024 -f " + (folder / "key")));
  CHECK(read_published_key(read_file(folder / "key.pub").take(), test::all_formats())
            .error()
            .what ==
        "this key cannot be pinned: this is an RSA key of 1024 bits, and under 2048 nothing is "
        "proven");
}

TEST_CASE("stock ssh-keygen accepts all that is accepted here, and more") {
  if (!run("ssh-keygen -l -f /dev/null; [ $? != 127 ]")) return;
  const TempFolder folder;
  const std::string signers = folder / "signers", sig = folder / "sig",
                    bundle = folder / "bundle";
  REQUIRE(write_file(bundle, kFile.bytes));
  const auto stock = [&](const Maker& maker, const std::string& signature) {
    REQUIRE(write_file(signers, "acme " + maker.line()));
    REQUIRE(write_file(sig, signature));
    return run(fmt::format("sh -c 'ssh-keygen -Y verify -f {} -I acme -n file -s {} < {}'",
                           signers, sig, bundle));
  };
  const Maker maker, token = Maker::security_key();
  const std::array keys{maker.pin(), token.pin()};
  CHECK(stock(maker, maker.sign()));
  CHECK(stock(token, token.sign()));
  // Intended differences: it takes what follows the armour, and a token nobody touched.
  CHECK(stock(maker, maker.sign() + "junk"));
  CHECK_FALSE(check(maker.sign() + "junk", keys).verified);
  const std::string untouched = armoured(token.sign({.flags = 0}));
  CHECK_FALSE(check(untouched, keys).verified);
  std::size_t both = 0, stricter = 0;
  const std::string good = maker.sign();
  for (std::size_t i = 0; i < good.size(); i += 4) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 1);
    const bool theirs = stock(maker, bad), ours = check(bad, keys).verified;
    CHECK((theirs || !ours));
    both += theirs == ours ? 1U : 0U;
    stricter += theirs && !ours ? 1U : 0U;
  }
  MESSAGE(
      fmt::format("{} changed signatures refused by both, {} by assay alone", both, stricter));
}

}  // namespace
}  // namespace assay
