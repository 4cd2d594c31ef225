#include "trust/embedded.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "trust/embedded_kit.h"
#include "trust/gpg_kit.h"
#include "trust/signed_file.h"

namespace assay {
namespace {

using test::ar_member;
using test::deb;
using test::Gpg;
using test::kControl;
using test::kData;

/// A vendor acme with one key, who may sign acme-*.
struct World {
  World() { add(acme, "acme-pgp"); }

  void add(const std::string& fingerprint, const std::string& name) {
    NewPin pin{.vendor = "acme", .key_name = name, .match = {"acme-*"}};
    pin.key = openpgp_key_format.read(gpg.certificate(fingerprint)).take();
    REQUIRE(add_pin(gpg / "trust", pin, test::all_formats()));
  }
  std::vector<SignatureRecord> check(const std::string& bundle,
                                     const std::string& name = "acme-1.deb") const {
    const Sidecar file{name, bundle};
    const TrustStore store = TrustStore::load(gpg / "trust", test::all_formats()).take();
    auto found = check_signatures(MemoryFile(file), {}, store, "", test::all_formats(),
                                  Time{1'800'000'000});
    std::vector<SignatureRecord> records = std::move(found).take().signatures;
    for (const SignatureRecord& one : records) {
      CHECK(one.verified == one.reason.empty());
      CHECK((one.verified || find_reason(one.reason) != nullptr));
    }
    return records;
  }
  std::string reason(const std::string& bundle, const std::string& name = "acme-1.deb") const {
    const auto records = check(bundle, name);
    return records.empty() ? "none" : records[0].reason;
  }
  std::string sign(const std::string& how = "--detach-sign") {
    return gpg.sign(acme, "2.0\n" + kControl + kData, how);
  }

  Gpg gpg{};
  std::string acme = gpg.key("ed25519");
};

TEST_CASE("debsig: what counts, and what it is called") {
  if (!Gpg::installed()) return;
  World world;
  CHECK(world.check(deb()).empty());
  const auto records = world.check(deb(ar_member("_gpgorigin", world.sign())));
  REQUIRE(records.size() == 1);
  CHECK(records[0].verified);
  CHECK(records[0].source == "acme-1.deb!/_gpgorigin");
  CHECK(records[0].subject == "acme-1.deb");
  CHECK(records[0].format == "debsig");
  CHECK(records[0].key == "acme-pgp");
  CHECK(world.reason(deb(ar_member("_gpgmaint", world.sign("--armor --detach-sign")))) == "");
  CHECK(world.reason(deb(ar_member("_gpgorigin", world.sign())), "beta-1.deb") ==
        "wrong-file-name");
  const std::string stranger = world.gpg.key("ed25519");
  const std::string by_stranger =
      ar_member("_gpgorigin", world.gpg.sign(stranger, "2.0\n" + kControl + kData));
  CHECK(world.reason(deb(by_stranger)) == "unknown-key");
  CHECK(world.check(deb(by_stranger + ar_member("_gpgmaint", world.sign()))).at(1).verified);
}

TEST_CASE("debsig: signatures that count for nothing") {
  if (!Gpg::installed()) return;
  World world;
  const std::string mark = ar_member("_gpgorigin", world.sign());
  CHECK(world.reason(deb(ar_member("_gpgorigin", world.sign("--textmode --detach-sign")))) ==
        "text-signature");
  CHECK(world.reason(
            deb(ar_member("_gpgorigin", world.sign("--digest-algo SHA1 --detach-sign")))) ==
        "weak-algorithm");
  const std::string list = world.gpg.sign(world.acme, "Version: 4\nFiles:\n", "--clear-sign");
  CHECK(world.reason(deb(ar_member("_gpgbuilder", list))) == "weak-algorithm");
  CHECK(world.reason(deb(ar_member("_gpgorigin", "junk"))) == "sidecar-malformed");
  CHECK(world.reason(deb(ar_member("_gpgorigin", ""))) == "sidecar-malformed");
  const std::string other =
      world.gpg.sign(world.acme, "2.0\n" + kControl + "another package's data");
  CHECK(world.reason(deb(ar_member("_gpgorigin", other))) == "bad-signature");
  CHECK(world.reason(deb(mark + mark)) == "duplicate-name");
  CHECK(world.reason(deb(ar_member("data.tar.gz", kData) + mark)) == "duplicate-name");
  CHECK(world.reason(deb(mark + ar_member("data.tar.gz", kData))) == "duplicate-name");
  CHECK(world.reason(deb(mark + ar_member("more.tar.gz", kData))) == "corrupt-stream");
  CHECK(world.reason(deb(mark) + "!") == "truncated");
  CHECK(world.reason(deb(ar_member("#1/10", "_gpgorigin" + world.sign()))) == "none");
  std::string many;
  for (int i = 0; i < 17; ++i) many += ar_member("_gpg" + std::to_string(i), "x");
  CHECK(world.reason(deb(many)) == "limit-signatures");
  CHECK(world.reason("x" + deb(mark)) == "none");
}

TEST_CASE("debsig: what can change is the numbers and role of a header, and a hint") {
  if (!Gpg::installed()) return;
  World world;
  const std::string signature = world.sign();
  const std::string good = deb(ar_member("_gpgorigin", signature));
  const std::size_t place = good.find(signature), role = place - 60 + 4;
  std::size_t refused = 0, numbers = 0, hints = 0;
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 1);
    CAPTURE(i);
    if (!world.reason(bad).empty()) {
      ++refused;
    } else if (i >= place) {
      ++hints;  // the unhashed part of a signature is nobody's word
    } else {
      // A time, an owner, a mode and the blanks behind them: numbers all the same.
      const std::size_t end = good.find("`\n", i);
      CHECK((end - i <= 42 || (i >= role && i < role + 12)));
      ++numbers;
    }
  }
  CHECK(hints < 12);
  MESSAGE(fmt::format("debsig: {} changed bytes refused, {} of headers, {} of hints", refused,
                      numbers, hints));
}

TEST_CASE("ranges that are together a file") {
  CHECK(uncovered_byte(std::vector<ByteRange>{}, 0) == 0);
  CHECK_FALSE(uncovered_byte({{0, 4}, {4, 6}}, 10));
  CHECK_FALSE(uncovered_byte({{4, 6}, {0, 5}}, 10));
  CHECK(uncovered_byte({{0, 4}, {5, 5}}, 10) == 4);
  CHECK(uncovered_byte(std::vector<ByteRange>{{0, 4}}, 10) == 4);
  CHECK(uncovered_byte(std::vector<ByteRange>{{0, 11}}, 10) == 10);
  const Sidecar sidecar{"f", "0123456789"};
  const MemoryFile file(sidecar);
  const std::vector<ByteRange> parts{{7, 2}, {3, 0}, {0, 3}};
  const JoinedFile joined(file, parts);
  CHECK(joined.size() == 5);
  CHECK(joined.whole(5).take() == "78012");
  CHECK(joined.whole(4).error().code == "limit-whole-file-bytes");
  CHECK(to_hex(joined.digest(HashAlgorithm::sha256).take()) == sha256_hex(as_bytes("78012")));
}

/// A row that answers as it is told.
std::vector<EmbeddedSignature> told;
Result<std::vector<EmbeddedSignature>> find_told(const SignedFile&) {
  return told;
}

TEST_CASE("ranges behind the end, and a place that is too large") {
  static constexpr EmbeddedFormat kTold = {
      .name = "told", .find = find_told, .verify = nullptr};
  static constexpr const EmbeddedFormat* kRows[] = {&kTold};
  const Sidecar sidecar{"f", std::string(20 << 20, 'x')};
  const auto fault = [&](EmbeddedSignature one) {
    told = {std::move(one)};
    const auto found = find_embedded(MemoryFile(sidecar), {.embedded = kRows}).take();
    return found.faults.empty() ? std::string() : found.faults[0].second.code;
  };
  const std::uint64_t size = sidecar.bytes.size();
  CHECK(fault({.place = {{0, 1}}, .message = {{0, size}}}).empty());
  CHECK(fault({.place = {{0, 1}}, .message = {{1, size}}}) == "truncated");
  CHECK(fault({.place = {{size + 1, 0}}}) == "truncated");
  CHECK(fault({.place = {{0, 1}}, .container = {{2, UINT64_MAX}}}) == "truncated");
  CHECK(fault({.place = {{0, 17 << 20}}}) == "limit-signature-bytes");
}

}  // namespace
}  // namespace assay
