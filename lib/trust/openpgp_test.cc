// What librnp's answers do not tell (signing.md 3.4), each as a case of its own,
// with keys and signatures by GnuPG; what GnuPG cannot make is made of its bytes.

#include "trust/openpgp.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>

#include "trust/gpg_kit.h"
#include "trust/openpgp_armor.h"
#include "trust/signed_file.h"

namespace assay {
namespace {

using test::Gpg;
using test::openpgp_pin;

constexpr Time kNow{1'767'225'600};  // 2026-01-01; what is signed is a year old
constexpr std::string_view kText = "the bundle\n";

using Reasons = std::vector<std::string>;

/// Why each signature does not count, an empty text for one that does; one reason alone
/// where the file is no signature.
Reasons reasons_of(const SignatureFormat& format, const Sidecar& sidecar, std::string_view text,
                   std::span<const TrustedKey> keys, Time now = kNow) {
  const TrustStore nobody;
  const Sidecar file{"app-1.tar.gz", std::string(text)};
  const MemoryFile signed_file(file);
  const auto answer = format.verify({sidecar, signed_file, keys, nobody, now});
  if (!answer) return {answer.error().code};
  Reasons reasons;
  for (const Signature& one : *answer) {
    CHECK(one.reason.empty() == one.detail.empty());
    if (one.key == nullptr || !one.reason.empty()) {
      reasons.push_back(one.reason);
      continue;
    }
    CHECK((one.content != nullptr) == format.carries);
    CHECK(one.covered.empty() == format.carries);
    const auto objection = objection_to(one, file.name, now);
    reasons.push_back(objection ? objection->reason : "");
  }
  return reasons;
}

Reasons detached(const std::string& signature, std::span<const TrustedKey> keys,
                 Time now = kNow, std::string_view text = kText) {
  return reasons_of(openpgp_format, {"app-1.tar.gz.asc", signature}, text, keys, now);
}

Reasons cleartext(const std::string& message, std::span<const TrustedKey> keys,
                  Time now = kNow) {
  return reasons_of(openpgp_cleartext_format, {"SHA256SUMS.asc", message}, "", keys, now);
}

const Reasons kGood{""};

/// One packet after the other.
std::vector<OpenPgpPacket> packets_of(std::string_view bytes) {
  std::vector<OpenPgpPacket> packets;
  while (!bytes.empty()) packets.push_back(take_openpgp_packet(bytes).value());
  return packets;
}

std::string joined(const std::vector<OpenPgpPacket>& packets) {
  std::string bytes;
  for (const OpenPgpPacket& one : packets) bytes += openpgp_packet(one);
  return bytes;
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

/// A key of each kind that counts, and what it signed.
struct Signer {
  std::string fingerprint{};
  std::array<TrustedKey, 1> pin{};
};

Signer new_signer(Gpg& gpg, const std::string& algorithm, const std::string& more = {},
                  const std::string& expires = "0") {
  Signer signer{.fingerprint = gpg.key(algorithm, more, expires)};
  signer.pin[0] = openpgp_pin(gpg.certificate(signer.fingerprint));
  return signer;
}

#define GPG_OR_SKIP(name)                     \
  if (!Gpg::installed()) {                    \
    MESSAGE("gpg is not installed: skipped"); \
    return;                                   \
  }                                           \
  Gpg name

TEST_CASE("openpgp: what GnuPG signs, of every kind that counts") {
  GPG_OR_SKIP(gpg);
  for (const char* algorithm : {"rsa3072", "ed25519", "nistp256", "nistp384"}) {
    CAPTURE(algorithm);
    const Signer signer = new_signer(gpg, algorithm);
    const std::string binary = gpg.sign(signer.fingerprint, kText);
    const std::string armored = gpg.sign(signer.fingerprint, kText, "--armor --detach-sign");
    const std::string clear = gpg.sign(signer.fingerprint, kText, "--clear-sign");
    CHECK(openpgp_format.matches(binary));
    CHECK(openpgp_format.matches(armored));
    CHECK_FALSE(openpgp_format.matches(clear));
    CHECK(openpgp_cleartext_format.matches(clear));
    CHECK(detached(binary, signer.pin) == kGood);
    CHECK(detached(armored, signer.pin) == kGood);
    CHECK(cleartext(clear, signer.pin) == kGood);
    CHECK(detached(binary, signer.pin, kNow, "the bundlE\n") == Reasons{"bad-signature"});
    CHECK(detached(binary, signer.pin, kNow, "") == Reasons{"bad-signature"});
    CHECK(detached(binary, {}) == Reasons{"unknown-key"});
    CHECK(cleartext(clear, {}) == Reasons{"unknown-key"});
    CHECK(cleartext(replaced(clear, "bundle", "bundlE"), signer.pin) ==
          Reasons{"bad-signature"});
    for (const char* hash : {"SHA384", "SHA512"}) {
      const std::string how = std::string("--detach-sign --digest-algo ") + hash;
      CHECK(detached(gpg.sign(signer.fingerprint, kText, how), signer.pin) == kGood);
    }
  }
}

TEST_CASE("openpgp: a signing subkey speaks for its primary key") {
  GPG_OR_SKIP(gpg);
  Signer signer = new_signer(gpg, "ed25519");
  gpg.run("--quick-add-key " + signer.fingerprint + " ed25519 sign 2y");
  const std::string certificate = gpg.certificate(signer.fingerprint, false);
  const std::string signature = gpg.sign(signer.fingerprint, kText);
  CHECK(detached(signature, signer.pin) == Reasons{"unknown-key"});  // pinned without it
  signer.pin[0] = openpgp_pin(certificate);
  CHECK(detached(signature, signer.pin) == kGood);
  CHECK(detached(signature, signer.pin, Time{kNow.seconds + 86'400 * 400}) ==
        Reasons{"expired-key"});
  CHECK(detached(signature, signer.pin, Time{1'735'600'000}) == Reasons{"key-not-yet-valid"});

  std::vector<OpenPgpPacket> packets = packets_of(certificate);
  REQUIRE(packets.size() == 5);  // key, user id, its signature, subkey, its binding
  SUBCASE("without its binding") {
    packets.pop_back();
    signer.pin[0] = openpgp_pin(joined(packets));
    CHECK(detached(signature, signer.pin) == Reasons{"unbound-key"});
  }
  SUBCASE("without signing the primary key back") {
    // The back signature stands in the part of the binding that is not hashed.
    std::string binding(packets[4].body);
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(binding[i]); };
    const std::size_t unhashed = 6 + std::size_t{byte(4)} * 256 + byte(5);
    const std::size_t size = std::size_t{byte(unhashed)} * 256 + byte(unhashed + 1);
    REQUIRE(binding.substr(unhashed + 2, size).find('\x20') != std::string::npos);
    binding.replace(unhashed, size + 2, std::string(2, '\0'));
    packets[4].body = binding;
    signer.pin[0] = openpgp_pin(joined(packets));
    CHECK(detached(signature, signer.pin) == Reasons{"unbound-key"});
  }
  SUBCASE("of another primary key") {
    const Signer other = new_signer(gpg, "ed25519");
    const std::string theirs = gpg.certificate(other.fingerprint, false);
    signer.pin[0] = openpgp_pin(theirs + joined({packets[3], packets[4]}));
    CHECK(detached(signature, signer.pin) == Reasons{"unbound-key"});
  }
  SUBCASE("the primary key without what binds it to a user id") {
    signer.pin[0] = openpgp_pin(joined({packets[0], packets[1]}));
    const std::string by_primary = gpg.sign(signer.fingerprint + "!", kText, "--detach-sign");
    CHECK(detached(by_primary, signer.pin) == Reasons{"unbound-key"});
  }
}

TEST_CASE("openpgp: a subkey that is not meant for signing") {
  GPG_OR_SKIP(gpg);
  Signer signer = new_signer(gpg, "ed25519");
  gpg.run("--quick-add-key " + signer.fingerprint + " ed25519 auth");
  signer.pin[0] = openpgp_pin(gpg.certificate(signer.fingerprint, false));
  const OpenPgpPin pin = openpgp_pin_of(signer.pin[0].material);
  REQUIRE(pin.fingerprints.size() == 2);
  std::string signature = gpg.sign(signer.fingerprint, kText);
  // It is said to be by the subkey; that it would not fit does not come up.
  std::string body(packets_of(signature)[0].body);
  for (const std::size_t digits : {40U, 16U}) {
    const auto theirs = from_hex(std::string_view(pin.fingerprints[1]).substr(40 - digits));
    const auto ours = from_hex(std::string_view(pin.fingerprints[0]).substr(40 - digits));
    const std::size_t at = body.find(as_text(*ours));
    REQUIRE(at != std::string::npos);
    body.replace(at, digits / 2, as_text(*theirs));
  }
  CHECK(detached(openpgp_packet({2, body}), signer.pin) == Reasons{"unbound-key"});
}

TEST_CASE("openpgp: an expired signature, which librnp calls a success") {
  GPG_OR_SKIP(gpg);
  const Signer signer = new_signer(gpg, "ed25519");
  const std::string signature =
      gpg.sign(signer.fingerprint, kText, "--default-sig-expire 30d --detach-sign");
  CHECK(detached(signature, signer.pin) == Reasons{"expired-signature"});
  CHECK(detached(signature, signer.pin, Time{1'736'000'000}) == kGood);
  const std::string later =
      gpg.sign(signer.fingerprint, kText, "--detach-sign", "20270101T000000");
  CHECK(detached(later, signer.pin) == Reasons{"future-signature"});
}

TEST_CASE("openpgp: signatures over SHA-1, whatever year they claim") {
  GPG_OR_SKIP(gpg);
  const std::string fingerprint = gpg.key("rsa2048", "", "0", "20170101T000000");
  const std::array pin{openpgp_pin(gpg.certificate(fingerprint))};
  for (const char* time : {"20180601T000000", "20210601T000000"}) {
    const std::string how = "--digest-algo SHA1 --detach-sign";
    CHECK(detached(gpg.sign(fingerprint, kText, how, time), pin) == Reasons{"weak-algorithm"});
    CHECK(detached(gpg.sign(fingerprint, kText, "--digest-algo SHA224 --detach-sign", time),
                   pin) == Reasons{"weak-algorithm"});
  }
  CHECK(cleartext(gpg.sign(fingerprint, kText, "--digest-algo SHA1 --clear-sign"), pin) ==
        Reasons{"weak-algorithm"});
  CHECK(detached(gpg.sign(fingerprint, kText), pin) == kGood);
  std::array narrow{pin[0]};
  narrow[0].algorithms = {"SHA384"};
  CHECK(detached(gpg.sign(fingerprint, kText), narrow) == Reasons{"weak-algorithm"});
}

TEST_CASE("openpgp: a certificate bound over SHA-1, and the dated way out") {
  GPG_OR_SKIP(gpg);
  Signer signer = new_signer(gpg, "rsa2048", "--cert-digest-algo SHA1");
  const std::string signature = gpg.sign(signer.fingerprint, kText);
  CHECK(detached(signature, signer.pin) == Reasons{"weak-algorithm"});
  signer.pin[0].sha1_binding_until = Time{kNow.seconds + 1};
  CHECK(detached(signature, signer.pin) == kGood);
  signer.pin[0].sha1_binding_until = kNow;
  CHECK(detached(signature, signer.pin) == Reasons{"weak-algorithm"});
  signer.pin[0].sha1_binding_until = Time{kNow.seconds + 1};
  CHECK(detached(gpg.sign(signer.fingerprint, kText, "--digest-algo SHA1 --detach-sign"),
                 signer.pin) == Reasons{"weak-algorithm"});
}

TEST_CASE("openpgp: RSA of 1024 bits, DSA, and curves that do not count") {
  GPG_OR_SKIP(gpg);
  for (const char* algorithm : {"rsa1024", "dsa2048", "secp256k1"}) {
    CAPTURE(algorithm);
    const Signer signer = new_signer(gpg, algorithm);
    CHECK(detached(gpg.sign(signer.fingerprint, kText), signer.pin) ==
          Reasons{"weak-algorithm"});
  }
}

TEST_CASE("openpgp: each signature of a file is judged alone") {
  GPG_OR_SKIP(gpg);
  const Signer acme = new_signer(gpg, "ed25519");
  const Signer other = new_signer(gpg, "ed25519");
  const std::string good = gpg.sign(acme.fingerprint, kText);
  const std::string bad = gpg.sign(other.fingerprint, "another text");
  const std::array both{acme.pin[0], other.pin[0]};
  CHECK(detached(good + bad, both) == Reasons{"", "bad-signature"});
  CHECK(detached(bad + good, both) == Reasons{"bad-signature", ""});
  CHECK(detached(bad + good, acme.pin) == Reasons{"unknown-key", ""});
  CHECK(detached(to_openpgp_armor(good + bad, "SIGNATURE"), both) ==
        Reasons{"", "bad-signature"});
  CHECK(detached(good + gpg.sign(acme.fingerprint, "x"), both) == Reasons{"", "bad-signature"});
  std::string many;
  for (int i = 0; i < 16; ++i) many += good;
  CHECK(detached(many, both) == Reasons(16, ""));
  CHECK(detached(many + good, both) == Reasons{"limit-signatures"});
  // Two pins of one certificate: the one that lets it count does.
  std::array twice{acme.pin[0], acme.pin[0]};
  twice[0].algorithms = {"SHA384"};
  CHECK(detached(good, twice) == kGood);
}

TEST_CASE("openpgp: a signature in text mode fits a file with other line endings") {
  GPG_OR_SKIP(gpg);
  const Signer signer = new_signer(gpg, "ed25519");
  const std::string signature = gpg.sign(signer.fingerprint, kText, "--textmode --detach-sign");
  CHECK(detached(signature, signer.pin) == Reasons{"text-signature"});
  CHECK(detached(signature, signer.pin, kNow, "the bundle\r\n") == Reasons{"text-signature"});
}

TEST_CASE("openpgp: a revoked key, whatever the time and whoever revoked it") {
  GPG_OR_SKIP(gpg);
  Signer signer = new_signer(gpg, "ed25519");
  const std::string signature = gpg.sign(signer.fingerprint, kText);
  std::string revocation =
      read_file(gpg / "home/openpgp-revocs.d/" + signer.fingerprint + ".rev").take();
  revocation = revocation.substr(revocation.find(":-----BEGIN") + 1);
  REQUIRE(write_file(gpg / "revocation", revocation));
  const std::string stranger_key =
      gpg.certificate(new_signer(gpg, "ed25519").fingerprint, false);
  std::string packet = from_openpgp_armor(revocation, "PUBLIC KEY BLOCK").take();
  gpg.run("--import " + gpg / "revocation", "20250201T000000");
  signer.pin[0] = openpgp_pin(gpg.certificate(signer.fingerprint));
  CHECK(detached(signature, signer.pin) == Reasons{"revoked-key"});
  CHECK(detached(signature, signer.pin, Time{1'736'000'000}) == Reasons{"revoked-key"});

  // A revocation that nobody could check counts all the same: the cautious reading.
  const std::vector<OpenPgpPacket> theirs = packets_of(stranger_key);
  const std::vector<OpenPgpPacket> revoking = packets_of(packet);
  const std::array odd{openpgp_pin(joined({theirs[0], revoking.back(), theirs[1], theirs[2]}))};
  CHECK(detached(gpg.sign(odd[0].id.substr(3), kText), odd) == Reasons{"revoked-key"});
}

TEST_CASE("openpgp: a revoked subkey") {
  GPG_OR_SKIP(gpg);
  Signer signer = new_signer(gpg, "ed25519");
  gpg.run("--quick-add-key " + signer.fingerprint + " ed25519 sign");
  const std::string signature = gpg.sign(signer.fingerprint, kText);
  REQUIRE(gpg.shell("sh -c \"printf 'key 1\\nrevkey\\ny\\n3\\n\\ny\\nsave\\n' | gpg --no-tty "
                    "--pinentry-mode loopback --passphrase '' --command-fd 0 --edit-key " +
                    signer.fingerprint + "\"") == 0);
  signer.pin[0] = openpgp_pin(gpg.certificate(signer.fingerprint));
  CHECK(detached(signature, signer.pin) == Reasons{"revoked-key"});
  CHECK(detached(gpg.sign(signer.fingerprint + "!", kText), signer.pin) == kGood);
}

TEST_CASE("openpgp: an expired key and a signature from before") {
  GPG_OR_SKIP(gpg);
  const Signer signer = new_signer(gpg, "ed25519", "", "20250601T000000");
  const std::string signature = gpg.sign(signer.fingerprint, kText);
  CHECK(detached(signature, signer.pin) == Reasons{"expired-key"});
  CHECK(detached(signature, signer.pin, Time{1'740'000'000}) == kGood);
}

TEST_CASE("openpgp: junk, other packets, and messages that hold their data") {
  GPG_OR_SKIP(gpg);
  const Signer signer = new_signer(gpg, "ed25519");
  const std::string binary = gpg.sign(signer.fingerprint, kText);
  const std::string armored = gpg.sign(signer.fingerprint, kText, "--armor --detach-sign");
  const std::string inline_message = gpg.sign(signer.fingerprint, kText, "--sign");
  const std::string inline_armored = gpg.sign(signer.fingerprint, kText, "--armor --sign");
  const std::string inline_plain = gpg.sign(signer.fingerprint, kText, "--sign -z 0");
  CHECK(openpgp_format.matches(inline_armored));
  const std::string cases[] = {
      "",
      binary + "x",
      binary + std::string(1, '\0'),
      binary.substr(0, binary.size() - 1),
      gpg.certificate(signer.fingerprint, false) + binary,
      binary + gpg.certificate(signer.fingerprint, false),
      inline_message,
      inline_armored,
      inline_plain,
      "note\n" + armored,
      "\n" + armored,
      armored + "\n",
      armored + "junk",
      armored + "evil",
      armored + armored,
      replaced(armored, "-----\n\n", "-----\nabc  evil\n\n"),
      replaced(armored, "-----\n\n", "-----\n"),
      replaced(armored, "-----\n\n", "-----\n \n"),
      replaced(armored, "\n=", "\n=A"),
      replaced(armored, "BEGIN PGP SIGNATURE", "BEGIN PGP PUBLIC KEY BLOCK"),
      replaced(armored, "END PGP SIGNATURE", "END PGP MESSAGE"),
      replaced(armored, "\n-----END", "\n\n-----END"),
      replaced(armored, "-----\n\n", "-----\r\n\n"),
      "- " + armored,
  };
  for (const std::string& text : cases) {
    CAPTURE(text);
    CHECK(detached(text, signer.pin) == Reasons{"sidecar-malformed"});
  }
  // What the armour says of itself is no part of it.
  CHECK(detached(replaced(armored, "-----\n\n", "-----\nVersion: GnuPG v2\n\n"), signer.pin) ==
        kGood);
  std::string crlf;
  for (const char c : armored) crlf += c == '\n' ? std::string("\r\n") : std::string(1, c);
  CHECK(detached(crlf, signer.pin) == kGood);
  const std::size_t crc = armored.find("\n=");
  std::string without_crc = armored;
  without_crc.erase(crc, armored.find('\n', crc + 1) - crc);
  CHECK(detached(without_crc, signer.pin) == kGood);
}

TEST_CASE("openpgp: parts of a signature that must be understood and are not") {
  GPG_OR_SKIP(gpg);
  const Signer signer = new_signer(gpg, "ed25519");
  const auto notation = [&](const char* text) {
    return gpg.sign(signer.fingerprint, kText,
                    std::string("--detach-sign --sig-notation '") + text + "'");
  };
  CHECK(detached(notation("!only@vendor.example=test"), signer.pin) ==
        Reasons{"unsupported-signature"});
  CHECK(detached(notation("by@vendor.example=test"), signer.pin) == kGood);
  std::string body(packets_of(gpg.sign(signer.fingerprint, kText))[0].body);
  body[5] = static_cast<char>(body[5] + 3);  // one subpacket more among those hashed
  body.insert(6, std::string("\x02\xe3!", 3));
  CHECK(detached(openpgp_packet({2, body}), signer.pin) == Reasons{"unsupported-signature"});
}

TEST_CASE("openpgp: signatures of other versions and types") {
  GPG_OR_SKIP(gpg);
  const Signer signer = new_signer(gpg, "ed25519");
  const std::string body(packets_of(gpg.sign(signer.fingerprint, kText))[0].body);
  const auto key_id = from_hex(std::string_view(signer.fingerprint).substr(24));
  const std::string v3 = std::string("\x03\x05\x00", 3) + std::string(4, '\x10') +
                         std::string(as_text(*key_id)) +
                         std::string("\x01\x02zz\x00\x01\x01", 7);
  CHECK(detached(openpgp_packet({2, v3}), signer.pin) == Reasons{"weak-algorithm"});
  CHECK(detached(openpgp_packet({2, replaced(body, "\x04", "\x06")}), signer.pin) ==
        Reasons{"unknown-key"});
  CHECK(detached(openpgp_packet({2, replaced(body, "\x04", "\x09")}), signer.pin) ==
        Reasons{"sidecar-malformed"});
  std::string other_type = body;
  other_type[1] = 0x10;
  CHECK(detached(openpgp_packet({2, other_type}), signer.pin) == Reasons{"sidecar-malformed"});
}

TEST_CASE("openpgp: the frame of a cleartext") {
  GPG_OR_SKIP(gpg);
  const Signer signer = new_signer(gpg, "ed25519");
  const std::string text = "abc  app-1.tar.gz\n- dash\n-----BEGIN\n\nFrom x\nlast  \t\n";
  const std::string good =
      gpg.sign(signer.fingerprint, text, "--digest-algo SHA512 --clear-sign");
  REQUIRE(cleartext(good, signer.pin) == kGood);
  const TrustStore nobody;
  const Sidecar sidecar{"SHA256SUMS.asc", good};
  const MemoryFile file(sidecar);
  const auto answer =
      openpgp_cleartext_format.verify({sidecar, file, signer.pin, nobody, kNow}).take();
  REQUIRE(answer[0].content);
  CHECK(*answer[0].content == "abc  app-1.tar.gz\n- dash\n-----BEGIN\n\nFrom x\nlast\n");

  const std::string malformed[] = {
      "evil  app-1.tar.gz\n" + good,
      "\n" + good,
      good + "evil  app-1.tar.gz\n",
      good + good,
      replaced(good, "Hash: SHA512\n", "Hash: SHA512\nevil  app-1.tar.gz\n"),
      replaced(good, "Hash: SHA512\n", "evil  app-1.tar.gz\nHash: SHA512\n"),
      replaced(good, "Hash: SHA512\n", "Hash: SHA512\nComment: evil\n"),
      replaced(good, "Hash: SHA512\n", "Hash: SHA512\n \n"),
      replaced(good, "Hash: SHA512\n", "Hash: SHA512 evil\n"),
      replaced(good, "Hash: SHA512\n", "Hash: SHA5\n"),
      replaced(good, "- - dash", "-evil"),
      replaced(good, "- -----BEGIN", "-----BEGIN"),
      replaced(good, "From x", std::string("From\0x", 6)),
      replaced(good, "From x", "From\rx"),
      replaced(good, "-----BEGIN PGP SIGNATURE-----\n", ""),
  };
  for (const std::string& message : malformed) {
    CAPTURE(message);
    CHECK(openpgp_cleartext_format.matches(message));
    CHECK(cleartext(message, signer.pin) == Reasons{"sidecar-malformed"});
  }
  CHECK(cleartext(replaced(good, "- - dash", "- -evil"), signer.pin) ==
        Reasons{"bad-signature"});
  // What no signature over a cleartext covers, and nobody here sees.
  CHECK(cleartext(replaced(good, "From x", "From x \t"), signer.pin) == kGood);
  CHECK(cleartext(replaced(good, "abc  app", "- abc  app"), signer.pin) == kGood);
  CHECK(cleartext(replaced(good, "Hash: SHA512\n", ""), signer.pin) == kGood);
  // A signature over a file is none over a text.
  const std::string armored = gpg.sign(signer.fingerprint, "x\n", "--armor --detach-sign");
  CHECK(cleartext("-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\nx\n" + armored,
                  signer.pin) == Reasons{"sidecar-malformed"});
}

TEST_CASE("openpgp: certificates as published") {
  GPG_OR_SKIP(gpg);
  const Signer signer = new_signer(gpg, "ed25519", "", "20350101T000000");
  const std::string certificate = gpg.certificate(signer.fingerprint);
  const PublishedKey key = read_published_key(certificate, test::all_formats()).take();
  CHECK(key.format == "openpgp");
  CHECK(key.id == "v4:" + signer.fingerprint);
  CHECK(key.display_id == signer.fingerprint.substr(24));
  CHECK(key.file_text == certificate);
  CHECK(key.algorithms == Reasons{"SHA256", "SHA384", "SHA512"});
  REQUIRE(key.notes.size() == 2);
  CHECK(key.notes[0] == "claims the user id 'Acme Releases <acme@vendor.example>'");
  CHECK(key.notes[1] == "it claims to be valid until 2035-01-01T00:00:00Z");
  const std::string binary = gpg.certificate(signer.fingerprint, false);
  CHECK(read_published_key(binary, test::all_formats()).take().id == key.id);

  const auto what = [](const std::string& text) {
    const auto read = read_published_key(text, test::all_formats());
    REQUIRE_FALSE(read);
    CHECK(read.error().kind == Error::Kind::config);
    CHECK_FALSE(read.error().hint.empty());
    return read.error().what;
  };
  const std::string other = gpg.key("ed25519");
  const std::string both = gpg.run("--armor --export " + signer.fingerprint + " " + other);
  CHECK(what(both) == "this holds more than one primary key");
  const std::string secret = gpg.run("--export-secret-keys " + other);
  CHECK(what(secret).starts_with("this is a secret key"));
  CHECK(
      what(to_openpgp_armor(secret, "PRIVATE KEY BLOCK")).starts_with("this is a secret key"));
  CHECK(what(gpg.sign(other, "x")) == "this is an OpenPGP signature, not a key");
  CHECK(what(gpg.sign(other, "x", "--armor --detach-sign")) ==
        "this is an OpenPGP signature, not a key");
  std::string v6(packets_of(binary)[0].body);
  v6[0] = 6;
  CHECK(what(openpgp_packet({6, v6})).find("not supported") != std::string::npos);
  CHECK(what("-----BEGIN PGP MESSAGE-----\n") == "this is no OpenPGP public key");
  CHECK(what(certificate + "junk").find("END line") != std::string::npos);
}

TEST_CASE("openpgp: no byte of a bundle or its signature can change unseen") {
  GPG_OR_SKIP(gpg);
  const Signer signer = new_signer(gpg, "ed25519");
  const std::string armored = gpg.sign(signer.fingerprint, kText, "--armor --detach-sign");
  const std::string commented = replaced(armored, "-----\n\n", "-----\nComment: x\n\n");
  const std::string binary = gpg.sign(signer.fingerprint, kText);
  const std::string clear = gpg.sign(signer.fingerprint, kText, "--clear-sign");
  /// How many single-bit changes still verify.
  const auto survivors = [&](const std::string& good, bool is_clear) {
    std::vector<std::size_t> places;
    for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
      std::string bad = good;
      bad[bit / 8] =
          static_cast<char>(static_cast<unsigned char>(bad[bit / 8]) ^ 1U << bit % 8);
      const Reasons reasons = is_clear ? cleartext(bad, signer.pin) : detached(bad, signer.pin);
      if (std::ranges::find(reasons, "") != reasons.end()) places.push_back(bit / 8);
    }
    return places;
  };
  for (std::size_t bit = 0; bit < kText.size() * 8; ++bit) {
    std::string bad(kText);
    bad[bit / 8] = static_cast<char>(static_cast<unsigned char>(bad[bit / 8]) ^ 1U << bit % 8);
    CHECK(detached(binary, signer.pin, kNow, bad) == Reasons{"bad-signature"});
  }
  const std::vector<std::size_t> in_binary = survivors(binary, false);
  const std::vector<std::size_t> in_armor = survivors(armored, false);
  const std::vector<std::size_t> in_commented = survivors(commented, false);
  const std::vector<std::size_t> in_clear = survivors(clear, true);
  // Where the unhashed part stands: what it says of the issuer is a hint, and the hashed
  // part says it again. Made critical it is refused, and any other change of it.
  const std::size_t type_of_hint = 8 + 29 + 2 + 1;
  REQUIRE(binary[type_of_hint] == 16);
  CHECK(in_binary == std::vector<std::size_t>(7, type_of_hint));
  CHECK(in_armor.empty());  // its checksum covers the hint too
  const std::size_t comment = commented.find("Comment: x");
  CHECK(std::ranges::all_of(in_commented, [&](std::size_t place) {
    return place >= comment && place < comment + std::string_view("Comment: x").size();
  }));
  CHECK(in_clear.empty());
  MESSAGE("changed bits that still verify: " << in_binary.size() << " of " << binary.size() * 8
                                             << " in binary, " << in_armor.size() << " of "
                                             << armored.size() * 8 << " in armour, "
                                             << in_commented.size() << " with a comment, "
                                             << in_clear.size() << " in a cleartext");
}

}  // namespace
}  // namespace assay
