#include <doctest/doctest.h>

#include "trust/lists.h"
#include "trust/signed_file.h"
#include "trust/test_kit.h"

namespace assay {
namespace {

const std::string kContent = "the bundle";
const std::string kName = "app-1.tar.gz";

std::string hex_of(HashAlgorithm algorithm) {
  return to_hex(digest(algorithm, as_bytes(kContent)));
}
const std::string k256 = hex_of(HashAlgorithm::sha256);
const std::string k512 = hex_of(HashAlgorithm::sha512);
const std::string k384 = hex_of(HashAlgorithm::sha384);
const std::string kBlake = hex_of(HashAlgorithm::blake2b_512);
const std::string kOther(64, 'a');

ListAnswer ask(const std::string& text, const std::string& list = "SHA256SUMS",
               const std::string& name = kName) {
  const Sidecar sidecar{list, text};
  const Sidecar file{name, kContent};
  return ask_list(sidecar, MemoryFile(file), test::all_formats().manifests).take();
}
std::string reason(const std::string& text, const std::string& list = "SHA256SUMS",
                   const std::string& name = kName) {
  return ask(text, list, name).reason;
}
std::string upper(std::string text) {
  for (char& c : text) {
    if (c >= 'a' && c <= 'f') c = static_cast<char>(c - 'a' + 'A');
  }
  return text;
}

TEST_CASE("lists that name the file with its digest") {
  CHECK(reason(k256 + "  " + kName + "\n").empty());
  CHECK(reason(k256 + " *" + kName + "\n").empty());
  CHECK(reason(k256 + "  ./" + kName).empty());
  CHECK(reason(upper(k256) + "  " + kName + "\n").empty());
  CHECK(reason(kOther + "  other\n" + k256 + "  " + kName + "\n").empty());
  CHECK(reason(k256 + "  " + kName + "\r\n" + kOther + "  other\r\n").empty());
  CHECK(reason(k256 + "  " + kName + "\n" + upper(k256) + "  " + kName + "\n").empty());
  CHECK(reason(k512 + "  " + kName + "\n", "SHA512SUMS").empty());
  CHECK(reason(k384 + "  " + kName + "\n", "checksums.txt").empty());
  CHECK(reason(kBlake + "  " + kName + "\n", "B2SUMS").empty());
  CHECK(reason("SHA256 (" + kName + ") = " + k256 + "\n", "CHECKSUM").empty());
  CHECK(reason("BLAKE2b (" + kName + ") = " + kBlake + "\n", "CHECKSUM").empty());
  CHECK(reason("other, " + kOther + "\n" + kName + ", " + k256 + "\n", "hashes.txt").empty());
  CHECK(reason("a, b, " + k256 + "\n", "hashes.txt", "a, b").empty());
  CHECK(reason(k256, kName + ".sha256").empty());
  CHECK(reason(k512 + "\n", kName + ".sha512").empty());
  CHECK(ask("SHA256 (" + kName + ") = " + k256 + "\nSHA512 (" + kName + ") = " + k512 + "\n")
            .detail == "names the file with its sha256, sha512 digest");
  // The suffix tells the algorithm, not the bundle's own name.
  const std::string odd = "b2-sha512-tool.tgz";
  CHECK(reason(k256 + "  " + odd + "\n", odd + ".sha256", odd).empty());
}

TEST_CASE("names with their digests behind a comma") {
  const std::string line = kName + ", " + k256 + "\n";
  CHECK(reason(line, "SHA512SUMS") == "list-malformed");
  CHECK(reason(kName + ", " + kOther + "\n", "hashes.txt") == "digest-mismatch");
  CHECK(reason(line + kOther + "  other\n", "hashes.txt") == "list-malformed");
  CHECK(reason(line + "other," + kOther + "\n", "hashes.txt") == "list-malformed");
  CHECK(reason(line + "other, " + k512 + "\n", "hashes.txt") == "list-malformed");
  CHECK(reason(line + "../other, " + kOther + "\n", "hashes.txt") == "list-malformed");
  CHECK(reason("see " + line + "end\n", "hashes.txt") == "list-malformed");
}

TEST_CASE("names are bytes, and escapes are undone") {
  CHECK(reason("\\" + k256 + "  a\\\\b\n", "SHA256SUMS", "a\\b").empty());
  CHECK(reason("\\" + k256 + "  a\\nb\n", "SHA256SUMS", "a\nb").empty());
  CHECK(reason(k256 + "  a\\nb\n", "SHA256SUMS", "a\\nb").empty());
  CHECK(reason(k256 + "  a\\nb\n", "SHA256SUMS", "a\nb") == "list-not-naming");
  CHECK(reason("\\" + k256 + "  a\\tb\n", "SHA256SUMS", "a\tb") == "list-malformed");
  CHECK(reason("\\" + k256 + "  a\\", "SHA256SUMS", "a\\") == "list-malformed");
  CHECK(reason(k256 + "  *x\n", "SHA256SUMS", "*x").empty());
  CHECK(reason(k256 + " *x\n", "SHA256SUMS", "*x") == "list-not-naming");
  CHECK(reason("SHA256 (a) = b) = " + k256 + "\n", "SHA256SUMS", "a) = b").empty());
  CHECK(reason("\\SHA256 (a\\nb) = " + k256 + "\n", "SHA256SUMS", "a\nb").empty());
  CHECK(reason(k256 + "  \xff.tar\n", "SHA256SUMS", "\xff.tar").empty());
  CHECK(reason(k256 + "  App-1.tar.gz\n") == "list-not-naming");
  CHECK(reason(k256 + "  dist/" + kName + "\n") == "list-not-naming");
}

TEST_CASE("another digest, a conflict, a weak one") {
  CHECK(reason(kOther + "  " + kName + "\n") == "digest-mismatch");
  CHECK(reason(kOther, kName + ".sha256") == "digest-mismatch");
  CHECK(reason(k256 + "  " + kName + "\n" + kOther + "  ./" + kName + "\n") == "list-conflict");
  CHECK(reason("SHA256 (" + kName + ") = " + k256 + "\nSHA512 (" + kName +
               ") = " + std::string(128, 'a') + "\n") == "digest-mismatch");
  CHECK(reason(std::string(32, 'a') + "  " + kName + "\n", "MD5SUMS") == "weak-algorithm");
  CHECK(reason(std::string(40, 'a') + "  " + kName + "\n", "checksums") == "weak-algorithm");
  CHECK(reason("SHA224 (" + kName + ") = " + std::string(56, 'a') + "\n") == "weak-algorithm");
  CHECK(reason("SHA3-256 (" + kName + ") = " + k256 + "\n") == "weak-algorithm");
  CHECK(reason("MD5 (" + kName + ") = " + std::string(32, 'a') + "\nSHA256 (" + kName +
               ") = " + k256 + "\n")
            .empty());
  CHECK(reason(k256 + "  " + kName + "\n", "sha3-256sums") == "weak-algorithm");
}

TEST_CASE("lists that are none") {
  const std::string good = k256 + "  " + kName + "\n";
  const std::string cases[] = {
      "",
      "\n",
      good + "\n",
      "\n" + good,
      " " + good,
      "# comment\n" + good,
      good + "# comment\n",
      good + "SHA256 (b) = " + k256 + "\n",
      "SHA256 (b) = " + k256 + "\n" + good,
      good + k256 + "\n",
      k256 + " " + kName + "\n",
      k256 + "\t" + kName + "\n",
      k256 + "  \n",
      k256 + "  -\n",
      k256 + "  /etc/passwd\n",
      k256 + "  ../x\n",
      k256 + "  a/../" + kName + "\n",
      k256 + "  a/..\n",
      k256.substr(1) + "  " + kName + "\n",
      k256 + "0  " + kName + "\n",
      k512 + "  " + kName + "\n",  // in a list called SHA256SUMS
      k256 + "  " + kName + "\r\n" + good,
      good + k256 + "  b\r\n",
      k256 + "  a\rb\n",
      k256 + "  a" + std::string(1, '\0') + "\n",
      k256 + "  a\x1b[2J\n",
      "SHA256 (" + kName + ") = " + k256 + " \n",
      "SHA256 (" + kName + ") = " + k256.substr(1) + "\n",
      "SHA256 (" + kName + ")= " + k256 + "\n",
      "SHA257 (" + kName + ") = " + k256 + "\n",
      "sha256 (" + kName + ") = " + k256 + "\n",
      "SHA512 (" + kName + ") = " + k256 + "\n",
      k256,  // a bare digest in a list
  };
  for (const std::string& text : cases) {
    CAPTURE(text);
    CHECK(reason(text) == "list-malformed");
  }
  CHECK(reason(k256 + "\n" + k256 + "\n", kName + ".sha256") == "list-malformed");
  CHECK(reason(k512, kName + ".sha256") == "list-malformed");
  CHECK(reason(k256, "other.sha256") == "list-not-naming");
  CHECK(ask("\xef\xbb\xbf" + good).detail == "it begins with a byte order mark");
  CHECK(ask("\xff\xfe"
            "a")
            .detail.find("UTF-16") != std::string::npos);
}

TEST_CASE("no cut and no changed byte makes a list say yes to other bytes") {
  const std::string good = kOther + "  " + kName + "\n" + k256 + "  other\n";
  REQUIRE(reason(good) == "digest-mismatch");
  for (std::size_t i = 0; i < good.size(); ++i) {
    CHECK_FALSE(reason(good.substr(0, i)).empty());
    for (const int flip : {1, 4, 32, 128}) {
      std::string bad = good;
      bad[i] = static_cast<char>(static_cast<unsigned char>(bad[i]) ^ flip);
      CHECK_FALSE(reason(bad).empty());
    }
  }
}

TEST_CASE("names lists go by") {
  for (const char* name : {"SHA256SUMS", "sha512sums.txt", "SHASUMS256.txt", "Checksums.TXT",
                           "B2SUMS", "checksums.sha256"}) {
    CHECK(is_list_name(name));
  }
  for (const char* name : {"SHA256SUMS.minisig", "MD5SUMS", "app-1.tar.gz", "SUMS", ".txt"}) {
    CHECK_FALSE(is_list_name(name));
  }
}

}  // namespace
}  // namespace assay
