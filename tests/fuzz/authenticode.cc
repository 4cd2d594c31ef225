#include "crypto/authenticode.h"

#include "crypto/der.h"
#include "fuzz.h"
#include "trust/pe_kit.h"

namespace assay::fuzz {

std::vector<std::string> seeds() {
  const test::Pki pki;
  pki.make_vendor();
  const std::string weak =
      test::signature_in(test::signed_by(pki, test::program(), "acme", "-h sha1"));
  const std::string good =
      test::signature_in(test::signed_by(pki, test::program(), "acme", "-h sha256 -ac ca.pem"));
  expect(parse_authenticode(good).operator bool(), "a good message is read");
  const std::string bare = pki.sign("content", "acme", "-binary -noattr -nocerts");
  expect(parse_bare_signature(bare).operator bool(), "a bare one, too");
  return {good, weak, bare};
}

}  // namespace assay::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace assay;
  const std::string bytes(fuzz::text(data, size));
  std::string_view rest = bytes;
  if (const auto value = take_der(rest)) {
    fuzz::expect(der_value(value->tag, value->content) == value->whole,
                 "a value has one spelling");
  }
  for (const auto& read : {parse_authenticode(bytes), parse_bare_signature(bytes)}) {
    if (!read) {
      fuzz::expect(read.error().code == "signature-malformed" ||
                       read.error().code == "limit-signature-parts",
                   "a bad message is told as such");
      continue;
    }
    fuzz::expect(!parse_authenticode(bytes + '\0'), "a byte behind it is no success");
    fuzz::expect(read->message.signers.size() == 1, "there is one signer");
    for (std::size_t i = 0; i < read->certificates_at.size(); ++i) {
      const std::string& der = read->message.certificates.at(i).der;
      fuzz::expect(bytes.compare(read->certificates_at[i], der.size(), der) == 0,
                   "a certificate stands where it is said to");
    }
    for (const UnsignedValue& value : read->unsigned_values) {
      fuzz::expect(bytes.compare(value.offset, value.der.size(), value.der) == 0,
                   "so does what nobody signed");
    }
  }
  const auto parsed = parse_indirect_data(bytes);
  fuzz::expect(parsed || parsed.error().code == "signature-malformed", "and for the content");
  return 0;
}
