// Certificates: what a key in one is worth, and how they are published.

#include <doctest/doctest.h>

#include "trust/openpgp.h"
#include "trust/openpgp_kit.h"

namespace assay {
namespace {

using namespace test;  // NOLINT: the kit is made for these files

TEST_CASE("openpgp: a signing subkey speaks for its primary key") {
  GPG_OR_SKIP(gpg);
  PgpSigner signer = new_signer(gpg, "ed25519");
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
    const PgpSigner other = new_signer(gpg, "ed25519");
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
  PgpSigner signer = new_signer(gpg, "ed25519");
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

TEST_CASE("openpgp: a certificate bound over SHA-1, and the dated way out") {
  GPG_OR_SKIP(gpg);
  PgpSigner signer = new_signer(gpg, "rsa2048", "--cert-digest-algo SHA1");
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
    const PgpSigner signer = new_signer(gpg, algorithm);
    CHECK(detached(gpg.sign(signer.fingerprint, kText), signer.pin) ==
          Reasons{"weak-algorithm"});
  }
}

TEST_CASE("openpgp: a revoked key, whatever the time and whoever revoked it") {
  GPG_OR_SKIP(gpg);
  PgpSigner signer = new_signer(gpg, "ed25519");
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
  PgpSigner signer = new_signer(gpg, "ed25519");
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
  const PgpSigner signer = new_signer(gpg, "ed25519", "", "20250601T000000");
  const std::string signature = gpg.sign(signer.fingerprint, kText);
  CHECK(detached(signature, signer.pin) == Reasons{"expired-key"});
  CHECK(detached(signature, signer.pin, Time{1'740'000'000}) == kGood);
}

TEST_CASE("openpgp: certificates as published") {
  GPG_OR_SKIP(gpg);
  const PgpSigner signer = new_signer(gpg, "ed25519", "", "20350101T000000");
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

}  // namespace
}  // namespace assay
