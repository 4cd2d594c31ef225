#include "report/pin.h"

#include <doctest/doctest.h>

namespace assay {
namespace {

Evidence unknown(std::string format, std::string key_id, std::string claimed_id = {}) {
  Evidence evidence;
  evidence.vendor.vendors = {"acme"};
  evidence.signatures = {{.format = std::move(format),
                          .reason = "unknown-key",
                          .key_id = std::move(key_id),
                          .claimed_id = std::move(claimed_id)}};
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
  CHECK(holds(text, "id = \"sha256:...\"  # of the whole key, which no signature tells"));
}

TEST_CASE("the id to pin, where the signature tells all of it") {
  const std::string fingerprint(40, 'A'), digest = "sha256:" + std::string(64, '0');
  const std::string pgp = pin_text(unknown("debsig", fingerprint, "v4:" + fingerprint));
  CHECK(holds(pgp, "format = \"openpgp\"\n  id = \"v4:" + fingerprint + "\"\n"));
  CHECK(holds(pin_text(unknown("sshsig", "SHA256:AAAA", digest)),
              "format = \"ssh\"\n  id = \"" + digest + "\"\n"));
  for (const char* format : {"cms", "pe", "kernel-module"}) {
    CHECK(holds(pin_text(unknown(format, "0123456789ABCDEF", digest)),
                "format = \"x509-leaf\"\n  id = \"" + digest +
                    "\"  # of the certificate that is in the signature\n"));
    CHECK(holds(pin_text(unknown(format, "serial 01 of CN=Acme")),
                "id = \"sha256:...\"  # of the certificate, which the signature only names"));
  }
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
      pin_text(unknown("openpgp", "\x1b[2J\"\nid = \"v4:" + std::string(30, 'A'),
                       "v4:\x1b[2J\"" + std::string(35, 'A')));
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
