#include <algorithm>

#include "fixed_key.h"
#include "fuzz.h"
#include "trust/minisign.h"
#include "trust/vendor_file.h"
#include "trust/vendor_text.h"

namespace assay::fuzz {
namespace {

/// The one key file there is.
const std::string& key_file() {
  static const std::string text =
      "untrusted comment: minisign public key\n" +
      to_base64(as_bytes("Ed12345678" + std::string(as_text(fixed_key().public_key())))) + "\n";
  return text;
}

Result<std::string> read_key(const std::string& file) {
  if (file == "acme/k.pub") return key_file();
  return fail(Error::Kind::config, "no such key");
}

}  // namespace

std::vector<std::string> seeds() {
  const std::vector<std::string> match = {"agent-*", "*.deb"};
  const NewPin pin{.vendor = "acme",
                   .key_name = "k",
                   .key = read_published_key(key_file(), test::all_formats()).take(),
                   .match = match,
                   .valid_from = Time{1700000000},
                   .valid_until = Time{1800000000}};
  const std::string head = new_vendor_text({.vendor = "acme"}, match);
  const std::string block = key_block(pin, "acme/k.pub");
  return {head + block, head + block + block, head,
          head + block + "revoked_at = 2026-01-01T00:00:00Z\nrevoked_reason = \"lost\"\n"};
}

namespace {

void try_parsed(const Vendor& vendor) {
  expect(vendor.id == "acme" && !vendor.match().empty(), "a vendor has names to sign");
  for (const std::string& glob : vendor.match()) {
    expect(why_no_match(glob).empty(), "that are not everybody's");
  }
  for (const TrustedKey& key : vendor.keys) {
    expect(key.id == "sha256:" + sha256_hex(fixed_key().public_key()),
           "ids are those of the key files");
    expect(!key.algorithms.empty() && is_plain_name(key.name), "keys are pinned for something");
  }
}

/// Editing a text gives one that says what it should, or none.
void try_edits(const std::string& input, const Vendor& vendor) {
  const std::vector<std::string> match = {"new-*"};
  if (const auto text = with_match(input, match)) {
    const auto edited = parse_vendor(*text, "v.toml", "acme", read_key, test::all_formats());
    if (edited) expect(edited->keys.size() == vendor.keys.size(), "an edit loses no key");
  }
  if (const auto text = without_key(input, 0)) {
    const auto edited = parse_vendor(*text, "v.toml", "acme", read_key, test::all_formats());
    if (edited) expect(edited->keys.size() + 1 == vendor.keys.size(), "one key is gone");
  }
}

}  // namespace
}  // namespace assay::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace assay;
  const std::string input(fuzz::text(data, size));
  const auto vendor =
      parse_vendor(input, "v.toml", "acme", fuzz::read_key, test::all_formats());
  if (!vendor) {
    fuzz::expect(vendor.error().kind == Error::Kind::config, "a bad file is told as such");
    return 0;
  }
  fuzz::try_parsed(*vendor);
  fuzz::try_edits(input, *vendor);
  return 0;
}
