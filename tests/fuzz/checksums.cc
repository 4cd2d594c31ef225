#include <algorithm>

#include "base/bytes.h"
#include "crypto/digest.h"
#include "fuzz.h"
#include "trust/lists.h"
#include "trust/signed_file.h"
#include "verify/registry.h"

namespace assay::fuzz {
namespace {

const Sidecar kFile{"agent-1.tgz", "the bundle"};
/// The first byte of an input chooses the list's name among these.
constexpr std::string_view kNames[] = {"SHA256SUMS",         "B2SUMS",
                                       "agent-1.tgz.sha256", "agent-1.tgz.SHA512",
                                       "checksums.txt",      "SHA512SUMS"};

std::string hex(HashAlgorithm algorithm) {
  return to_hex(digest(algorithm, as_bytes(kFile.bytes)));
}

}  // namespace

std::vector<std::string> seeds() {
  const std::string sha256 = hex(HashAlgorithm::sha256);
  const std::string sha512 = hex(HashAlgorithm::sha512);
  const std::string zeros(64, '0');
  return {std::string("\0", 1) + sha256 + "  agent-1.tgz\n" + zeros + " *./other\n",
          "\1" + hex(HashAlgorithm::blake2b_512) + "  ./agent-1.tgz\r\n",
          "\2" + sha256 + "\n",
          "\3" + sha512,
          "\4SHA512 (agent-1.tgz) = " + sha512 + "\nMD5 (x) = " + zeros.substr(32) + "\n",
          "\4\\SHA256 (a\\n) = " + zeros + "\nSHA256 (agent-1.tgz) = " + sha256 + "\n",
          "\5" + sha512 + "  agent-1.tgz\n"};
}

namespace {

void try_entries(const Sidecar& list) {
  for (const ManifestFormat* format : trust_formats().manifests) {
    const auto entries = format->parse(list);
    if (!entries) {
      expect(entries.error().code == "list-malformed", "a bad list is malformed");
      continue;
    }
    for (const ManifestEntry& it : *entries) {
      expect(!it.name.empty() && it.name.front() != '/', "names are relative");
      expect(it.hex.size() >= 32 && from_hex(it.hex).has_value(), "digests are hex");
      expect(ascii_lower(it.hex) == it.hex, "in lower case");
    }
  }
}

/// A list that fits holds the file's digest, and none of another file does.
void try_answer(const Sidecar& list) {
  const auto formats = trust_formats().manifests;
  const auto claims = std::ranges::count_if(
      formats, [&](const ManifestFormat* it) { return it->matches(list.bytes); });
  expect(claims <= 1, "one grammar a list");
  const ListAnswer answer = ask_list(list, MemoryFile(kFile), formats).take();
  expect(printable(answer.detail) == answer.detail ||
             answer.detail.find('\\') != std::string::npos,
         "the answer is printable");
  if (!answer.reason.empty()) return;
  const std::string low = ascii_lower(list.bytes);
  expect(std::ranges::any_of(
             std::initializer_list<HashAlgorithm>{HashAlgorithm::sha256, HashAlgorithm::sha384,
                                                  HashAlgorithm::sha512,
                                                  HashAlgorithm::blake2b_512},
             [&](HashAlgorithm it) { return low.find(hex(it)) != low.npos; }),
         "a list that fits holds a digest of the file");
  const Sidecar other{kFile.name, "another bundle"};
  expect(!ask_list(list, MemoryFile(other), formats)->reason.empty(), "and of no other");
}

}  // namespace
}  // namespace assay::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace assay::fuzz;
  if (size == 0) return 0;
  const std::string_view name = kNames[data[0] % std::size(kNames)];
  const assay::Sidecar list{std::string(name), std::string(text(data + 1, size - 1))};
  try_entries(list);
  try_answer(list);
  return 0;
}
