#include <algorithm>

#include "base/bytes.h"
#include "fuzz.h"
#include "trust/openpgp_armor.h"
#include "trust/openpgp_packets.h"

namespace assay::fuzz {
namespace {

constexpr std::size_t kSignaturesMax = 16;

/// A signature packet's body: its issuer hashed and again as a hint, two integers.
std::string signature_body() {
  const std::string fingerprint = "\x04" + std::string(20, 'f');
  const std::string hashed =
      "\x16\x21" + fingerprint + std::string("\x05\x02\x67\x74\x85\x80", 6);
  const std::string unhashed = "\x09\x10" + std::string(8, 'f');
  const auto counted = [](const std::string& area) {
    return std::string(1, '\0') + static_cast<char>(area.size()) + area;
  };
  return std::string("\x04\x00\x16\x0a", 4) + counted(hashed) + counted(unhashed) + "zz" +
         std::string("\x00\x08\xff\x00\x01\x01", 6);
}

std::string signature() {
  return openpgp_packet({2, signature_body()});
}

std::string certificate() {
  const std::string key = "\x04\x67\x74\x85\x80\x16" + std::string(40, 'k');
  return openpgp_packet({6, key}) + openpgp_packet({13, "Acme"}) + signature() +
         openpgp_packet({14, key + "s"}) + signature();
}

}  // namespace

std::vector<std::string> seeds() {
  const std::string armor = to_openpgp_armor(signature(), "SIGNATURE");
  std::string commented = armor;
  commented.insert(commented.find("\n\n") + 1, "Version: GnuPG v2\nComment: x\n");
  return {signature(),
          signature() + signature(),
          certificate(),
          armor,
          commented,
          to_openpgp_armor(certificate(), "PUBLIC KEY BLOCK"),
          "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256, SHA512\n\nabc  file \n- - dash\n" +
              armor};
}

namespace {

void try_packets(std::string_view input) {
  const auto signatures = parse_openpgp_signatures(input);
  if (!signatures) {
    const std::string& code = signatures.error().code;
    expect(code == "sidecar-malformed" || code == "limit-signatures",
           "a bad one is told as such");
    return;
  }
  expect(!signatures->empty() && signatures->size() <= kSignaturesMax, "one to sixteen");
  std::string again;
  for (const OpenPgpSignature& one : *signatures) {
    expect(one.issuer_key_id.empty() || one.issuer_key_id.size() == 16, "a key id or none");
    expect(
        one.issuer_fingerprint.empty() || one.issuer_fingerprint.ends_with(one.issuer_key_id),
        "the two hints agree");
    expect(!one.expires || *one.expires > one.created, "it expires after it was made");
    again += openpgp_packet({2, one.body});
  }
  const auto reread = parse_openpgp_signatures(again);
  expect(reread && reread->size() == signatures->size(), "in another spelling it is the same");
}

void try_certificate(std::string_view input) {
  const auto certificate = parse_openpgp_certificate(input);
  if (!certificate) {
    expect(certificate.error().kind == Error::Kind::config, "a bad key is told as such");
    return;
  }
  expect(!certificate->keys.empty(), "it has a primary key");
  const auto again = parse_openpgp_certificate(certificate->bytes);
  expect(again && again->bytes == certificate->bytes, "it has one spelling");
}

/// Nothing stands around armour, and what it holds is all that it holds.
void try_armor(std::string_view input) {
  for (const std::string_view kind : {"SIGNATURE", "PUBLIC KEY BLOCK"}) {
    const auto bytes = from_openpgp_armor(input, kind);
    if (!bytes) continue;
    expect(input.starts_with("-----BEGIN PGP "), "it begins with its first line");
    const std::string_view end = input.substr(input.rfind("-----END PGP "));
    expect(std::ranges::count(end, '\n') <= 1, "and ends with its last");
    expect(from_openpgp_armor(to_openpgp_armor(*bytes, kind), kind).take() == *bytes,
           "it can be written again");
  }
}

void try_cleartext(std::string_view input) {
  const auto cleartext = parse_openpgp_cleartext(input);
  if (!cleartext) {
    expect(cleartext.error().code == "sidecar-malformed", "a bad text is malformed");
    return;
  }
  expect(has_openpgp_line(input, "-----BEGIN PGP SIGNED MESSAGE-----"), "it is known as one");
  expect(!cleartext->lines.empty() && !cleartext->signatures.empty(), "text and signature");
  expect(static_cast<std::size_t>(std::ranges::count(cleartext->text, '\n')) ==
             cleartext->lines.size(),
         "a line is a line");
  expect(without_trailing_blanks(cleartext->text.substr(0, cleartext->text.size() - 1)) ==
             cleartext->text,
         "blanks are taken off once");
}

}  // namespace
}  // namespace assay::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace assay::fuzz;
  const std::string_view input = text(data, size);
  try_packets(input);
  try_certificate(input);
  try_armor(input);
  try_cleartext(input);
  return 0;
}
