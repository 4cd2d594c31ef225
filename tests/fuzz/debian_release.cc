#include "trust/debian_release.h"

#include <algorithm>

#include "base/bytes.h"
#include "crypto/digest.h"
#include "fuzz.h"

namespace assay::fuzz {
namespace {

constexpr std::string_view kName = "acme_1.0-2_amd64.deb";

}  // namespace

std::vector<std::string> seeds() {
  const std::string hex = sha256_hex(as_bytes("x"));
  const std::string date = "Date: Wed, 01 Jan 2025 00:00:00 UTC\n";
  return {"Origin: Acme\nCodename: rock\n" + date +
              "Valid-Until: Wed, 8 Jan 2025 00:00:00 GMT\nMD5Sum:\n 00 1 a\nSHA256:\n " + hex +
              " 1 main/binary-amd64/Packages\n",
          date + "SHA512:\n " + hex + hex + " 20 a/b\nSHA256:\n " + hex + " 20 a/b\n",
          "Package: acme\nVersion: 2:1.0-2\nArchitecture: amd64\nDescription: x\n y\n"
          "Filename: pool/" +
              std::string(kName) + "\nSize: 1\nSHA256: " + hex + "\n\nPackage: b\n\n"};
}

namespace {

void try_release(std::string_view input) {
  const auto release = parse_debian_release(input);
  if (!release) {
    const std::string& code = release.error().code;
    expect(code == "list-malformed" || code == "list-conflict" || code == "weak-algorithm",
           "a bad one is told as such");
    return;
  }
  for (const auto& [path, file] : release->files) {
    expect(!path.empty() && path.front() != '/' && printable(path) == path, "paths are plain");
    expect(("/" + path + "/").find("/../") == std::string::npos, "and stay beside it");
    expect(file.size.has_value(), "each file has a size");
    expect(file.sha256.size() == 64 || file.sha512.size() == 128, "and a digest that counts");
    expect(input.find(path) != input.npos, "that stands there");
  }
}

void try_packages(std::string_view input) {
  const auto found = find_debian_package(input, kName);
  if (!found) {
    expect(found.error().code == "list-malformed", "a bad one is malformed");
    return;
  }
  for (const DebianPackage& package : *found) {
    expect(package.file.size.has_value(), "what is found has a size");
    expect(input.find("1.0-2") != input.npos, "and goes by the name asked for");
  }
}

}  // namespace
}  // namespace assay::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace assay::fuzz;
  const std::string_view input = text(data, size);
  try_release(input);
  try_packages(input);
  return 0;
}
