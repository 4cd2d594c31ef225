// The stock minisign program signs, assay verifies. Skipped where it is absent.

#include <doctest/doctest.h>

#include "base/time.h"
#include "trust/check.h"
#include "trust/test_kit.h"

namespace assay {
namespace {

using test::run;

std::string pin_and_check(const test::TempFolder& folder, const std::string& bundle) {
  const auto found = find_sidecars(bundle, test::all_formats(), {});
  REQUIRE(found);
  const Source source = Source::open(bundle, {}).take();
  const TrustStore store = TrustStore::load(folder / "trust", test::all_formats()).take();
  const TrustFindings findings =
      check_signatures(source, *found, store, "", test::all_formats(), system_now()).take();
  REQUIRE(findings.signatures.size() == 1);
  return findings.signatures[0].reason;
}

TEST_CASE("stock minisign") {
  if (!run("minisign -v")) {
    MESSAGE("minisign is not installed: skipped");
    return;
  }
  const test::TempFolder folder;
  const std::string secret = folder / "k.key", bundle = folder / "acme-1.tar.gz";
  REQUIRE(write_file(bundle, std::string(200'000, 'b')));
  REQUIRE(run("minisign -G -W -p " + (folder / "k.pub") + " -s " + secret));
  NewPin pin{.vendor = "acme", .key_name = "acme-1", .match = {"acme-*"}};
  pin.key = read_published_key(read_file(folder / "k.pub").take(), test::all_formats()).take();
  REQUIRE(add_pin(folder / "trust", pin, test::all_formats()));

  REQUIRE(run("minisign -S -W -s " + secret + " -m " + bundle));
  CHECK(pin_and_check(folder, bundle).empty());
  REQUIRE(run("minisign -S -W -l -s " + secret + " -m " + bundle));
  CHECK(pin_and_check(folder, bundle) == "weak-algorithm");
  const std::string vendor = folder / "trust/vendors.d/acme.toml";
  std::string text = read_file(vendor).take();
  text.replace(text.find("[\"ED\"]"), 6, "[\"ED\", \"Ed\"]");
  REQUIRE(write_file(vendor, text));
  CHECK(pin_and_check(folder, bundle).empty());
  REQUIRE(write_file(bundle, std::string(200'000, 'c')));
  CHECK(pin_and_check(folder, bundle) == "bad-signature");
}

}  // namespace
}  // namespace assay
