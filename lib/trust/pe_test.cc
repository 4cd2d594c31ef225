// Authenticode in programs: what osslsigncode signs holds, and whatever is done to the file or
// around its signature does not.

#include <doctest/doctest.h>

#include <algorithm>

#include "base/bytes.h"
#include "crypto/authenticode.h"
#include "trust/pe_kit.h"

using namespace assay;
using namespace assay::test;

namespace {

constexpr const char* kSubject = "subject = \"CN=Acme Release,O=Acme\"\n";

/// A vendor, a signer by his authority, and an authority for times.
struct World {
  Pki pki{};
  World() {
    pki.make_vendor();
    pki.make_authority();
    pki.pin("ca", "x509-anchor", kSubject);
    pki.believe("tsa/time.pem", pki.read("tsaca.pem"));
  }
};
World& world() {
  static World made;
  return made;
}

std::vector<SignatureRecord> records(const Pki& pki, std::string_view image,
                                     Time now = system_now()) {
  return pki.check(image, {}, now);
}
/// The one record's reason; empty if it counts.
std::string reason(const Pki& pki, std::string_view image, Time now = system_now()) {
  const auto found = records(pki, image, now);
  REQUIRE(found.size() == 1);
  CHECK(found[0].verified == found[0].reason.empty());
  INFO(found[0].detail);
  return found[0].reason;
}

/// The message with the unsigned attribute added; with those it had.
std::string with_attribute(const std::string& message, std::string_view object,
                           std::string_view value) {
  const std::string attribute =
      der_value(der::kSequence, std::string(object) + der_value(der::kSet, value));
  // Outwards: SignerInfo is last in each of what is around it.
  std::vector<DerValue> around;
  for (std::string_view rest = message; !rest.empty();) {
    std::string_view last = rest;
    auto one = take_der(last);
    while (!last.empty()) one = take_der(last);
    around.push_back(*one);
    if (around.size() == 5) break;
    rest = one->content;
  }
  // ContentInfo, [0], SignedData, SET, SignerInfo
  std::string_view parts = around[4].content;
  std::string info, attributes;
  while (!parts.empty()) {
    const auto part = take_der(parts);
    if (part->tag == der::kTagged1) attributes = part->content;
    if (part->tag != der::kTagged1) info += part->whole;
  }
  info += der_value(der::kTagged1, attributes + attribute);
  std::string made = der_value(around[4].tag, info);
  for (std::size_t i = 4; i-- > 0;) {
    const std::string_view before =
        around[i].content.substr(0, around[i].content.size() - around[i + 1].whole.size());
    made = der_value(around[i].tag, std::string(before) + made);
  }
  return made;
}

/// What the outermost signer signed by: the octets a time-stamp is over.
std::string octets_of(const std::string& message) {
  return parse_authenticode(message)->message.signers.at(0).signature;
}

constexpr std::string_view kStampObject("\x06\x0a\x2b\x06\x01\x04\x01\x82\x37\x03\x03\x01", 12);
constexpr std::string_view kNestObject("\x06\x0a\x2b\x06\x01\x04\x01\x82\x37\x02\x04\x01", 12);
constexpr std::string_view kCounterObject("\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x09\x06", 11);
constexpr std::string_view kBlobObject("\x06\x0b\x2b\x06\x01\x04\x01\x82\xcf\x29\x01\x02\x01",
                                       13);

/// A PKCS #9 countersignature by `name`: `openssl cms` makes its SignerInfo.
std::string countersigned(const Pki& pki, const std::string& image, const std::string& name) {
  const std::string message = signature_in(image);
  const std::string cms = pki.sign(octets_of(message), name, "-binary -nosmimecap");
  std::string_view rest = cms;
  for (int i = 0; i < 4; ++i) {  // the last of ContentInfo, [0], SignedData, SET
    rest = take_der(rest)->content;
    std::string_view last = rest;
    while (!last.empty()) {
      rest = last;
      take_der(last);
    }
  }
  // The countersigner's certificates travel with the signature's, so the signer's message is
  // made to carry them: it is the test's pinned authority that is asked.
  return with_signature(image, with_attribute(message, kCounterObject, rest));
}

}  // namespace

TEST_CASE("pe: what osslsigncode signs holds, for every digest that counts") {
  const Pki& pki = world().pki;
  for (const char* hash : {"sha256", "sha384", "sha512"}) {
    for (const std::string& image : {program(), program("overlay of an installer")}) {
      const auto found = records(
          pki, signed_by(pki, image, "acme", std::string("-ac ca.pem -n Agent -h ") + hash));
      REQUIRE(found.size() == 1);
      CHECK(found[0].reason == "");
      CHECK(found[0].verified);
      CHECK(found[0].key == "ca");
      CHECK(found[0].format == "pe");
    }
  }
  CHECK(records(pki, program()).empty());
  CHECK(reason(pki, signed_by(pki, program({}, 10), "acme")) == "");
}

TEST_CASE("pe: no byte of a signed program can be changed") {
  const Pki& pki = world().pki;
  const std::string good = signed_by(pki, program("overlay"), "acme", "-h sha256 -ac ca.pem");
  REQUIRE(reason(pki, good) == "");
  const TrustStore store = pki.store().take();
  // The pinned authority's own certificate is carried, and not needed: changed, it is told as
  // bytes that nobody signed.
  const auto read = parse_authenticode(signature_in(good));
  const auto& carried = read->message.certificates;
  const auto spare = static_cast<std::size_t>(
      std::ranges::find(carried, std::string("CN=Acme CA"), &Certificate::subject) -
      carried.begin());
  REQUIRE(spare < carried.size());
  const std::size_t spare_at = table_at(good) + 8 + read->certificates_at[spare];
  std::size_t refused = 0, open = 0, told = 0, gone = 0, accepted = 0;
  for (std::size_t at = 0; at < good.size(); ++at) {
    std::string bad = good;
    // In the signature's own structure also what makes another kind of value of a tag.
    bad[at] = static_cast<char>(bad[at] ^
                                (at % 2 == 0 && at > table_at(good) ? 0x20 : 1 << (at % 8)));
    const Sidecar bundle{"app-1.exe", bad};
    auto found =
        check_signatures(MemoryFile(bundle), {}, store, "", all_formats(), system_now());
    REQUIRE(found);
    if (found->signatures.empty()) {
      ++gone;
    } else if (!found->signatures[0].verified) {
      ++refused;
    } else if (at >= kPeChecksum && at < kPeChecksum + 4) {
      ++open;  // the checksum: no format's word
    } else if (at >= spare_at && at < spare_at + carried[spare].der.size() &&
               found->signatures[0].detail.find("unsigned (certificate)") !=
                   std::string::npos) {
      ++told;
    } else {
      ++accepted;
      MESSAGE("byte ", at, " of ", good.size(), ": accepted; ", found->signatures[0].detail,
              "; around it: ", printable(good.substr(at - 16, 32)));
    }
  }
  MESSAGE("bytes: ", good.size(), ", refused: ", refused, ", no signature left: ", gone,
          ", told as unsigned: ", told, ", checksum: ", open, ", accepted: ", accepted);
  CHECK(accepted == 0);
  CHECK(open == 4);
}

TEST_CASE("pe: a table that is not all signature and all at the end is refused") {
  const Pki& pki = world().pki;
  const std::string good = signed_by(pki, program(), "acme");
  const std::string message = signature_in(good);
  const std::string one = entry(message);

  CHECK(reason(pki, with_table(good, one)) == "");
  CHECK(reason(pki, good + "payload") == "bytes-after-signature");
  CHECK(reason(pki, with_table(good, one + one)) == "duplicate-signature");
  std::string other = message;
  other.back() = static_cast<char>(other.back() ^ 1);
  CHECK(reason(pki, with_table(good, one + entry(other))) == "duplicate-signature");

  std::string slack = one + std::string(64, 'x');
  put(slack, 0, slack.size(), 4);
  CHECK(reason(pki, with_table(good, slack)) == "signature-slack");
  slack = one + std::string(8, '\0');  // zero, and too much of it
  put(slack, 0, slack.size(), 4);
  CHECK(reason(pki, with_table(good, slack)) == "signature-slack");
  std::string pad = entry(message + std::string((16 - (message.size() % 8)) % 8, 'x'));
  if (pad.size() == one.size() && pad != one) {
    CHECK(reason(pki, with_table(good, pad)) == "signature-slack");
  }

  std::string form = one;
  put(form, 4, 0x100, 2);
  CHECK(reason(pki, with_table(good, form)) == "signature-malformed");
  form = one;
  put(form, 6, 1, 2);
  CHECK(reason(pki, with_table(good, form)) == "signature-malformed");
  form = one;
  put(form, 0, 7, 4);
  CHECK(reason(pki, with_table(good, form)) == "signature-malformed");

  std::string place = good;
  put(place, kPeSection + 16, good.size() - 512, 4);  // a section reaches into the table
  CHECK(reason(pki, place) == "signature-place");
  place = good;
  put(place, kPeOptional + 60, good.size(), 4);  // so do the headers
  CHECK(reason(pki, place) == "signature-place");
  place = good;
  put(place, kPeDirectory, table_at(good) - 4, 4);
  put(place, kPeDirectory + 4, good.size() - table_at(good) + 4, 4);
  CHECK(reason(pki, place) == "signature-place");
  place = good;
  put(place, kPeDirectory + 4, good.size(), 4);
  CHECK(reason(pki, place) == "signature-place");
}

TEST_CASE("pe: an EFI program may have several entries, each judged alone") {
  const Pki& pki = world().pki;
  pki.make("stranger", {.subject = "/CN=Stranger"});
  const std::string good = signed_by(pki, program({}, 10), "acme");
  const std::string theirs = signed_by(pki, program({}, 10), "stranger");
  const auto found =
      records(pki, with_table(good, entry(signature_in(theirs)) + entry(signature_in(good))));
  REQUIRE(found.size() == 2);
  CHECK(found[0].reason == "unknown-key");
  CHECK(found[1].reason == "");
  const std::string one = entry(signature_in(good));
  CHECK(reason(pki, with_table(good, one + one)) == "duplicate-signature");
}

TEST_CASE("pe: what proves nothing any more never counts") {
  const Pki& pki = world().pki;
  CHECK(reason(pki, signed_by(pki, program(), "acme", "-h sha1")) == "weak-algorithm");
  pki.make("short", {.issuer = "ca",
                     .subject = "/O=Acme/CN=Acme Release",
                     .key = "-algorithm RSA -pkeyopt rsa_keygen_bits:1024"});
  CHECK(reason(pki, signed_by(pki, program(), "short")) == "weak-algorithm");
  pki.make("explicit", {.issuer = "ca",
                        .subject = "/O=Acme/CN=Acme Release",
                        .key = "-algorithm EC -pkeyopt ec_paramgen_curve:P-256 -pkeyopt "
                               "ec_param_enc:explicit"});
  CHECK(reason(pki, signed_by(pki, program(), "explicit")) == "weak-algorithm");
}

TEST_CASE("pe: the signer is who the pin names, and made for code") {
  const Pki& pki = world().pki;
  pki.make("mail", {.issuer = "ca",
                    .subject = "/O=Acme/CN=Acme Release",
                    .extensions = "extendedKeyUsage=emailProtection\n"});
  CHECK(reason(pki, signed_by(pki, program(), "mail")) == "certificate-usage");
  pki.make("other", {.issuer = "ca", .subject = "/O=Acme/CN=Acme Release 2"});
  CHECK(reason(pki, signed_by(pki, program(), "other")) == "certificate-subject");
  pki.make("nobody", {.subject = "/O=Acme/CN=Acme Release"});
  CHECK(reason(pki, signed_by(pki, program(), "nobody")) == "unknown-key");
}

TEST_CASE("pe: only a pinned authority's time lets a signature outlive its certificate") {
  const Pki& pki = world().pki;
  pki.make("old", {.issuer = "ca", .subject = "/O=Acme/CN=Acme Release", .until = 30});
  const Time later = in_days(60);
  const std::string bare = signed_by(pki, program(), "old");
  CHECK(reason(pki, bare) == "");
  CHECK(reason(pki, bare, later) == "certificate-expired");

  const std::string message = signature_in(bare);
  pki.stamped(octets_of(message));
  const std::string token = pki.token();
  const std::string stamped =
      with_signature(bare, with_attribute(message, kStampObject, token));
  CHECK(reason(pki, stamped, later) == "");
  CHECK(records(pki, stamped, later)[0].proven_times.size() == 1);
  CHECK(records(pki, stamped, later)[0].detail.find("unsigned (time-stamp)") !=
        std::string::npos);

  pki.stamped("something else");
  CHECK(reason(pki, with_signature(bare, with_attribute(message, kStampObject, pki.token())),
               later) == "bad-signature");
  CHECK(reason(pki,
               with_signature(bare, with_attribute(message, kStampObject,
                                                   der_value(der::kSequence, "\5"))),
               later) == "signature-malformed");
  // A stranger's time is none.
  pki.make("clockca", {.subject = "/CN=Clock CA", .extensions = std::string(kCa)});
  pki.make("clock", {.issuer = "clockca", .extensions = std::string(kTsa)});
  pki.stamped(octets_of(message), "-cert -sha256", "clock");
  const std::string strange =
      with_signature(bare, with_attribute(message, kStampObject, pki.token()));
  CHECK(reason(pki, strange) == "");
  CHECK(reason(pki, strange, later) == "certificate-expired");

  // Lifetime signing: no time-stamp helps.
  pki.make("life", {.issuer = "ca",
                    .subject = "/O=Acme/CN=Acme Release",
                    .extensions = "extendedKeyUsage=codeSigning,1.3.6.1.4.1.311.10.3.13\n",
                    .until = 30});
  const std::string life = signed_by(pki, program(), "life");
  pki.stamped(octets_of(signature_in(life)));
  CHECK(reason(
            pki,
            with_signature(life, with_attribute(signature_in(life), kStampObject, pki.token())),
            later) == "certificate-expired");
}

TEST_CASE("pe: a countersignature proves a time as a token does") {
  const Pki& pki = world().pki;
  pki.make("old2", {.issuer = "ca", .subject = "/O=Acme/CN=Acme Release", .until = 30});
  const Time later = in_days(60);
  const std::string bare = signed_by(pki, program(), "old2", "-h sha256 -ac tsa.pem");
  CHECK(reason(pki, bare, later) == "certificate-expired");
  const std::string stamped = countersigned(pki, bare, "tsa");
  CHECK(reason(pki, stamped, later) == "");
  CHECK(records(pki, stamped, later)[0].proven_times.size() == 1);
  // Over another signature, it is an authority's word that is wrong.
  const std::string other = signed_by(pki, program("x"), "old2", "-h sha256 -ac tsa.pem");
  std::string_view value;
  const auto read = parse_authenticode(signature_in(stamped));
  REQUIRE(read->unsigned_values.size() == 1);
  value = read->unsigned_values[0].der;
  CHECK(
      reason(pki,
             with_signature(other, with_attribute(signature_in(other), kCounterObject, value)),
             later) == "bad-signature");
}

TEST_CASE("pe: a nested signature is judged as its own") {
  const Pki& pki = world().pki;
  const std::string weak = signed_by(pki, program(), "acme", "-h sha1");
  const std::string good = signed_by(pki, program(), "acme");
  const auto nest = [&](const std::string& outer, const std::string& inner) {
    return with_signature(outer, with_attribute(signature_in(outer), kNestObject, inner));
  };
  auto found = records(pki, nest(weak, signature_in(good)));
  REQUIRE(found.size() == 2);
  CHECK(found[0].reason == "weak-beside-better");
  CHECK(found[1].reason == "");
  CHECK(found[1].verified);
  found = records(pki, nest(weak, signature_in(signed_by(pki, program("x"), "acme"))));
  REQUIRE(found.size() == 2);
  CHECK(found[0].reason == "weak-algorithm");
  CHECK(found[1].reason == "bad-signature");
  // osslsigncode's own way.
  const std::string twice = signed_by(pki, weak, "acme", "-nest -h sha256");
  found = records(pki, twice);
  REQUIRE(found.size() == 2);
  CHECK(found[1].reason == "");
}

TEST_CASE("pe: what nobody signed is bounded, known and told") {
  const Pki& pki = world().pki;
  const std::string good = signed_by(pki, program(), "acme");
  const std::string message = signature_in(good);
  CHECK(reason(pki, with_signature(good, with_attribute(message, kBlobObject,
                                                        der_value(der::kOctets, "payload")))) ==
        "unsigned-bytes");
  CHECK(reason(pki, signed_by(pki, program(), "acme", "-h sha256 -addUnauthenticatedBlob")) ==
        "unsigned-bytes");
  // A certificate that certifies nothing here.
  pki.make("idle", {.subject = "/CN=Idle"});
  const auto idle = records(pki, signed_by(pki, program(), "acme", "-h sha256 -ac idle.pem"));
  CHECK(idle[0].verified);
  CHECK(idle[0].detail.find("unsigned (certificate)") != std::string::npos);
  const std::string big = "1.2.3.4=ASN1:UTF8String:" + std::string(70000, 'x') + "\n";
  pki.make("big", {.subject = "/CN=Big", .extensions = big});
  CHECK(reason(pki, signed_by(pki, program(), "acme", "-h sha256 -ac big.pem")) ==
        "unsigned-bytes");
}

TEST_CASE("pe: a signature for another kind of file is no signature") {
  const Pki& pki = world().pki;
  const std::string good = signed_by(pki, program(), "acme");
  std::string message = signature_in(good);
  const std::string image("\x2b\x06\x01\x04\x01\x82\x37\x02\x01\x0f", 10);
  const std::size_t at = message.find(image);
  REQUIRE(at != std::string::npos);
  message[at + 9] = '\x19';  // a cabinet's
  CHECK(reason(pki, with_signature(good, message)) == "signature-pasted");
}
