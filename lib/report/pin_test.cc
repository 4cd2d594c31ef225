#include "report/pin.h"

#include <doctest/doctest.h>

namespace assay {
namespace {

Evidence unknown(std::string format, std::string key_id) {
  Evidence evidence;
  evidence.vendor.vendors = {"acme"};
  evidence.signatures = {
      {.format = std::move(format), .reason = "unknown-key", .key_id = std::move(key_id)}};
  return evidence;
}

bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("an unknown key's entry, and that finding it proves nothing") {
  const std::string text = pin_text(unknown("minisign", "D13AE76C33CB2C59"));
  CHECK(holds(text, "vendors.d/acme.toml"));
  CHECK(holds(text, "proves nothing"));
  CHECK(holds(text, "name = \"acme-D13AE76C33CB2C59\"\n  format = \"minisign\"\n"));
  CHECK(holds(text, "file = \"acme/acme-D13AE76C33CB2C59.pub\""));
  const std::string pgp = pin_text(unknown("debsig", std::string(40, 'A')));
  CHECK(holds(pgp, "format = \"openpgp\"\n  id = \"v4:" + std::string(40, 'A') + "\"\n"));
  const std::string ssh = pin_text(unknown("sshsig", "SHA256:" + std::string(43, 'A')));
  CHECK(holds(ssh, "id = \"sha256:" + std::string(64, '0') + "\"\n"));
}

TEST_CASE("nothing to pin") {
  CHECK(pin_text({}).empty());
  CHECK(pin_text(unknown("rfc3161", "x")).empty());
  CHECK(pin_text(unknown("minisign", "")).empty());
  Evidence known = unknown("minisign", "D13AE76C33CB2C59");
  known.signatures[0].reason = "bad-signature";
  CHECK(pin_text(known).empty());
}

TEST_CASE("a key id from the file is a claim") {
  const std::string text =
      pin_text(unknown("openpgp", "\x1b[2J\"\nid = \"v4:" + std::string(30, 'A')));
  for (const char c : text) CHECK(((c >= 0x20 && c < 0x7f) || c == '\n'));
  CHECK(holds(text, "id = \"sha256:...\""));
  Evidence many = unknown("minisign", "1");
  for (const char* id : {"2", "3", "4", "4"}) {
    many.signatures.push_back({.format = "minisign", .reason = "unknown-key", .key_id = id});
  }
  many.vendor.vendors.clear();
  CHECK(holds(pin_text(many), "VENDOR-3"));
  CHECK_FALSE(holds(pin_text(many), "VENDOR-4"));
}

}  // namespace
}  // namespace assay
