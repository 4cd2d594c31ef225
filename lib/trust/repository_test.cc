#include "trust/repository.h"

#include <doctest/doctest.h>

#include "crypto/digest.h"
#include "trust/debian_release.h"
#include "trust/gpg_kit.h"
#include "trust/signed_file.h"

namespace assay {
namespace {

using test::Gpg;

constexpr Time kNow{1'738'000'000};  // 2025-01-27; the index is of the first of the month
const std::string kBundle = "the package\n";
const std::string kDate = "Date: Wed, 01 Jan 2025 00:00:00 UTC\n";

std::string sha256(std::string_view text) {
  return sha256_hex(as_bytes(text));
}
std::string sha512(std::string_view text) {
  return to_hex(digest(HashAlgorithm::sha512, as_bytes(text)));
}

std::string stanza(std::string_view more, const std::string& version = "1.0-2") {
  return "Package: acme\nVersion: " + version + "\nArchitecture: amd64\nDescription: x\n y\n" +
         std::string(more) + "\n";
}

std::string naming(std::string_view bundle) {
  return "Filename: pool/a/acme/acme_1.0-2_amd64.deb\nSize: " + std::to_string(bundle.size()) +
         "\nSHA256: " + sha256(bundle) + "\n";
}

std::string line(std::string_view path, std::string_view bytes) {
  return " " + sha256(bytes) + " " + std::to_string(bytes.size()) + " " + std::string(path) +
         "\n";
}

constexpr const char* kPath = "main/binary-amd64/Packages";

/// A repository on disk, a store that pins its key, and what the chain says.
class Archive {
 public:
  Archive() : key_(gpg_.key("ed25519")) {
    NewPin pin{.vendor = "acme", .key_name = "acme-archive", .match = {"acme_*.deb"}};
    pin.key = read_published_key(gpg_.certificate(key_), test::all_formats()).take();
    if (!add_pin(folder_ / "trust", pin, test::all_formats())) std::abort();
    set_roles("\"metadata\"");
    packages(stanza(naming(kBundle)));
  }

  void set_roles(const std::string& roles) {
    const std::string file = folder_ / "trust/vendors.d/acme.toml";
    std::string text = read_file(file).take();
    if (const std::size_t old = text.find("roles = "); old != text.npos) {
      text.erase(old, text.find('\n', old) + 1 - old);
    }
    text.insert(text.find("format = "), "roles = [" + roles + "]\n");
    if (!write_file(file, text)) std::abort();
  }

  /// Packages of that text, and an InRelease that names it.
  void packages(const std::string& text, const std::string& more = {}) {
    put(kPath, text);
    release("Origin: Acme\nCodename: rock\n" + kDate + more + "SHA256:\n" + line(kPath, text));
  }
  void release(const std::string& text) {
    put("InRelease", gpg_.sign(key_, text, "--clear-sign"));
  }
  void put(const std::string& name, const std::string& bytes) {
    const std::string path = folder_ / "dists/" + name;
    if (!make_folder(path.substr(0, path.rfind('/'))) || !write_file(path, bytes)) std::abort();
  }
  void remove(const std::string& name) { std::filesystem::remove(folder_ / "dists/" + name); }
  std::string sign(const std::string& text) { return gpg_.sign(key_, text, "--armor -b"); }

  std::vector<SignatureRecord> records(const std::string& name = "acme_1.0-2_amd64.deb",
                                       Time now = kNow, const std::string& bundle = kBundle) {
    const Sidecar sidecar{name, bundle};
    const MemoryFile file(sidecar);
    const TrustStore store = TrustStore::load(folder_ / "trust", test::all_formats()).take();
    const Repository repository = read_repository(folder_ / "dists").take();
    return check_repository({file, store, "", test::all_formats(), now}, repository).take();
  }

  /// Why the last link does not hold, or the first that did not; empty if the package is named.
  std::string reason(const std::string& name = "acme_1.0-2_amd64.deb", Time now = kNow,
                     const std::string& bundle = kBundle) {
    const std::vector<SignatureRecord> all = records(name, now, bundle);
    REQUIRE_FALSE(all.empty());
    CHECK(all.back().verified == all.back().reason.empty());
    CHECK((all.back().is_list || !all.back().reason.empty()));
    return all.back().reason;
  }

 private:
  Gpg gpg_{};
  test::TempFolder folder_{};
  std::string key_;
};

#define ARCHIVE_OR_SKIP(name)                 \
  if (!Gpg::installed()) {                    \
    MESSAGE("gpg is not installed: skipped"); \
    return;                                   \
  }                                           \
  Archive name

TEST_CASE("repository: the chain from the signed index to the package") {
  ARCHIVE_OR_SKIP(archive);
  const std::vector<SignatureRecord> records = archive.records();
  REQUIRE(records.size() == 2);
  CHECK(records[0].verified);
  CHECK(records[0].subject == "InRelease");
  CHECK_FALSE(records[0].is_list);
  CHECK(records[1].verified);
  CHECK(records[1].is_list);
  CHECK(records[1].names_file);
  CHECK(records[1].source == "InRelease");
  CHECK(records[1].format == "debian-repository");
  CHECK(records[1].subject == "acme_1.0-2_amd64.deb");
  CHECK(records[1].version == "1.0-2");
  CHECK(records[1].vendor == "acme");
  CHECK(records[1].key == "acme-archive");
  CHECK(records[1].detail.ends_with(
      "Acme rock of 2025-01-01T00:00:00Z names the file in main/binary-amd64/Packages, version "
      "1.0-2"));

  CHECK(archive.reason("acme_1.0-2_amd64.deb", kNow, "another text") == "digest-mismatch");
  CHECK(archive.reason("acme_1.0-2_amd64.deb", kNow, "the packagE\n") == "digest-mismatch");
  CHECK(archive.reason("acme_1.0-3_amd64.deb") == "list-not-naming");
  CHECK(archive.reason("acme_1.0-2_arm64.deb") == "incomplete-repository");
  archive.set_roles("\"payload\"");
  CHECK(archive.reason() == "wrong-role");
}

TEST_CASE("repository: Release and the signature beside it") {
  ARCHIVE_OR_SKIP(archive);
  const std::string release = kDate + "SHA512:\n " + sha512(stanza(naming(kBundle))) + " " +
                              std::to_string(stanza(naming(kBundle)).size()) + " " + kPath +
                              "\n";
  archive.put("Release", release);
  archive.put("Release.gpg", archive.sign(release));
  CHECK(archive.reason() == "");  // by InRelease
  archive.remove("InRelease");
  CHECK(archive.reason() == "");
  CHECK(archive.records()[1].source == "Release");
  archive.put("Release", release + "X: y\n");
  CHECK(archive.reason() == "bad-signature");
  archive.put("Release.gpg", "no signature");
  CHECK(archive.reason() == "sidecar-malformed");
  archive.remove("Release.gpg");
  const test::TempFolder empty;
  for (const std::string& folder : {empty.path(), empty / "none"}) {
    const auto none = read_repository(folder);
    REQUIRE_FALSE(none);
    CHECK(none.error().kind == Error::Kind::usage);
    CHECK_FALSE(none.error().hint.empty());
  }
}

TEST_CASE("repository: an index that is cleartext and not signed") {
  ARCHIVE_OR_SKIP(archive);
  archive.put("InRelease", "Origin: Acme\n");
  CHECK(archive.reason() == "sidecar-malformed");
  archive.put("InRelease", archive.sign("Origin: Acme\n"));
  CHECK(archive.reason() == "sidecar-malformed");
}

TEST_CASE("repository: times of the index") {
  ARCHIVE_OR_SKIP(archive);
  const std::string text = stanza(naming(kBundle));
  archive.packages(text, "Valid-Until: Wed, 08 Jan 2025 00:00:00 UTC\n");
  CHECK(archive.reason() == "stale-metadata");
  CHECK(archive.reason("acme_1.0-2_amd64.deb", Time{1'736'000'000}) == "");
  archive.packages(text, "Valid-Until: soon\n");
  CHECK(archive.reason() == "list-malformed");
  archive.release("Date: Tue, 28 Jan 2025 12:00:00 UTC\nSHA256:\n" + line(kPath, text));
  CHECK(archive.reason() == "future-metadata");
  archive.release("SHA256:\n" + line(kPath, text));
  CHECK(archive.reason() == "list-malformed");
}

TEST_CASE("repository: a Packages file that is not the one meant") {
  ARCHIVE_OR_SKIP(archive);
  const std::string text = stanza(naming(kBundle));
  std::string other = text;
  other[other.find("Description: x") + 13] = 'z';
  archive.put(kPath, other);
  CHECK(archive.reason() == "digest-mismatch");
  archive.put(kPath, text + "\n");
  CHECK(archive.reason() == "digest-mismatch");
  archive.remove(kPath);
  CHECK(archive.reason() == "incomplete-repository");
  archive.put(std::string(kPath) + ".xz", "not named by the index");
  CHECK(archive.reason() == "incomplete-repository");
  archive.release(kDate + "SHA256:\n" + line("main/binary-amd64/Release", text));
  CHECK(archive.reason() == "incomplete-repository");
  archive.release(kDate + "MD5Sum:\n 0 1 " + kPath + "\n");
  CHECK(archive.reason() == "weak-algorithm");
  archive.release(kDate + "SHA256:\n " + sha256(text) + " 999999999999 " + kPath + "\n");
  archive.put(kPath, text);
  CHECK(archive.reason() == "limit-list-bytes");
  archive.release(kDate + "SHA256:\n" + line(kPath, text) + line(kPath, other));
  CHECK(archive.reason() == "list-conflict");
  archive.release(kDate + "SHA256:\n" + line("../" + std::string(kPath), text));
  CHECK(archive.reason() == "list-malformed");
}

TEST_CASE("repository: stanzas that do not fit") {
  ARCHIVE_OR_SKIP(archive);
  const std::string good = naming(kBundle);
  archive.packages(stanza("Filename: acme_1.0-2_amd64.deb\nSize: 12\nMD5sum: 0\n"));
  CHECK(archive.reason() == "weak-algorithm");
  archive.packages(stanza(good.substr(0, good.find("Size:")) +
                          "Size: 11\nSHA256: " + sha256(kBundle) + "\n"));
  CHECK(archive.reason() == "digest-mismatch");
  archive.packages(stanza(good + "SHA512: " + sha512("x") + "\n"));
  CHECK(archive.reason() == "digest-mismatch");
  archive.packages(stanza(good + "SHA512: " + sha512(kBundle) + "\n"));
  CHECK(archive.reason() == "");
  archive.packages(stanza(good + "Size: 12\n"));
  CHECK(archive.reason() == "list-malformed");
  archive.packages(stanza(good + "no field\n"));
  CHECK(archive.reason() == "list-malformed");
  archive.packages(stanza(good) + "\n" + stanza(naming("another")));
  CHECK(archive.reason() == "digest-mismatch");
  archive.packages(stanza(good) + "\n" + stanza(good));
  CHECK(archive.reason() == "");
  archive.packages("");
  CHECK(archive.reason() == "list-not-naming");
  // The epoch is not in the archive's file name, and escaped in what apt-get leaves.
  archive.packages(stanza(good, "2:1.0-2"));
  CHECK(archive.reason("acme_2%3a1.0-2_amd64.deb") == "");
  CHECK(archive.reason("acme_1.0-2_amd64.deb") == "");
  CHECK(archive.reason("acme_3%3a1.0-2_amd64.deb") == "list-not-naming");
}

TEST_CASE("repository: a compressed Packages file") {
  ARCHIVE_OR_SKIP(archive);
  const test::TempFolder folder;
  const std::string text = stanza(naming(kBundle));
  REQUIRE(write_file(folder / "p", text));
  REQUIRE(std::system(("timeout 20 xz -k " + folder / "p").c_str()) == 0);      // NOLINT
  REQUIRE(std::system(("timeout 20 gzip -9nk " + folder / "p").c_str()) == 0);  // NOLINT
  archive.remove(kPath);
  for (const std::string suffix : {".xz", ".gz"}) {
    CAPTURE(suffix);
    const std::string packed = read_file(folder / ("p" + suffix)).take();
    const std::string path = kPath + suffix;
    const auto reason_for = [&](const std::string& plain, const std::string& named) {
      archive.release(kDate + "SHA256:\n" + line(kPath, plain) + line(path, named));
      return archive.reason();
    };
    archive.put(path, packed);
    CHECK(reason_for(text, packed) == "");
    CHECK(reason_for(text + "x", packed) == "list-malformed");
    CHECK(reason_for(text.substr(1), packed) == "list-malformed");
    CHECK(reason_for(std::string(text.size(), 'x'), packed) == "digest-mismatch");
    CHECK(reason_for(text, packed + "x") == "digest-mismatch");
    archive.release(kDate + "SHA256:\n" + line(kPath, text));
    CHECK(archive.reason() == "incomplete-repository");  // nobody signed the packed one
    for (const std::string& bad : {packed + "x", packed + packed, packed.substr(0, 40)}) {
      archive.put(path, bad);
      CHECK(reason_for(text, bad) == "list-malformed");
    }
    archive.remove(path);
  }
}

TEST_CASE("repository: what Release may say") {
  const auto code = [](const std::string& text) {
    const auto release = parse_debian_release(text);
    return release ? std::string() : release.error().code;
  };
  const std::string files = "SHA256:\n" + line("a/b", "x");
  CHECK(code(kDate + files).empty());
  CHECK(parse_debian_release(kDate + files)->date == Time{1'735'689'600});
  const std::string malformed[] = {
      "",
      files,
      kDate,
      kDate + kDate + files,
      " x\n" + kDate + files,
      kDate + "no field\n" + files,
      kDate + files + "\n",
      kDate + files + "\r\n",
      kDate + std::string("X: \0\n", 5) + files,
      kDate + files + " 00 1 a\n",
      kDate + files + " " + std::string(64, 'A') + " 1 a\n",
      kDate + files + " " + sha256("") + " -1 a\n",
      kDate + files + " " + sha256("") + " 1 /a\n",
      kDate + files + " " + sha256("") + " 1 a/../b\n",
      kDate + files + " " + sha256("") + " 1 a b\n",
      "Date: Wed, 1 Jan 2025 00:00:00 +0100\n" + files,
      "Date: Wed, 32 Jan 2025 00:00:00 UTC\n" + files,
      "Date: 2025-01-01T00:00:00Z\n" + files,
  };
  for (const std::string& text : malformed) {
    CAPTURE(text);
    CHECK(code(text) == "list-malformed");
  }
  CHECK(code(kDate + files + line("a/b", "y")) == "list-conflict");
  CHECK(code(kDate + "MD5Sum:\n x\nSHA1:\n y\n") == "weak-algorithm");
  CHECK(debian_architecture("acme_1.0_amd64.deb") == "amd64");
  CHECK(debian_architecture("acme.deb").empty());
  CHECK(debian_architecture("acme_1.0_amd64.zip").empty());
}

}  // namespace
}  // namespace assay
