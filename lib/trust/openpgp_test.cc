// What librnp's answers do not tell (signing.md 3.4), each as a case of its own,
// with keys and signatures by GnuPG; what GnuPG cannot make is made of its bytes.

#include "trust/openpgp.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "trust/openpgp_kit.h"

namespace assay {
namespace {

using namespace test;  // NOLINT: the kit is made for these files

TEST_CASE("openpgp: what GnuPG signs, of every kind that counts") {
  GPG_OR_SKIP(gpg);
  for (const char* algorithm : {"rsa3072", "ed25519", "nistp256", "nistp384"}) {
    CAPTURE(algorithm);
    const PgpSigner signer = new_signer(gpg, algorithm);
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

TEST_CASE("openpgp: an expired signature, which librnp calls a success") {
  GPG_OR_SKIP(gpg);
  const PgpSigner signer = new_signer(gpg, "ed25519");
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

TEST_CASE("openpgp: each signature of a file is judged alone") {
  GPG_OR_SKIP(gpg);
  const PgpSigner acme = new_signer(gpg, "ed25519");
  const PgpSigner other = new_signer(gpg, "ed25519");
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
  const PgpSigner signer = new_signer(gpg, "ed25519");
  const std::string signature = gpg.sign(signer.fingerprint, kText, "--textmode --detach-sign");
  CHECK(detached(signature, signer.pin) == Reasons{"text-signature"});
  CHECK(detached(signature, signer.pin, kNow, "the bundle\r\n") == Reasons{"text-signature"});
}

TEST_CASE("openpgp: junk, other packets, and messages that hold their data") {
  GPG_OR_SKIP(gpg);
  const PgpSigner signer = new_signer(gpg, "ed25519");
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
  const PgpSigner signer = new_signer(gpg, "ed25519");
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
  const PgpSigner signer = new_signer(gpg, "ed25519");
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

TEST_CASE("openpgp: no byte of a bundle or its signature can change unseen") {
  GPG_OR_SKIP(gpg);
  const PgpSigner signer = new_signer(gpg, "ed25519");
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
