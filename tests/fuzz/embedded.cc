#include "trust/embedded.h"

#include "bundle/deb_index.h"
#include "bundle/signify_comment.h"
#include "bundle/stream.h"
#include "container.h"
#include "trust/signed_file.h"
#include "trust/test_kit.h"

namespace assay::fuzz {

std::vector<std::string> seeds() {
  const std::string tar = testing::tar_of({{.name = "./f", .content = "x"}});
  const std::string comment = "untrusted comment: verify with k.pub\n" + std::string(100, 'A') +
                              "\ndate=2026-01-01T00:00:00Z\nkey=k.sec\nalgorithm=SHA512/256\n"
                              "blocksize=65536\n\n" +
                              std::string(64, '0') + "\n";
  const std::string deb = testing::deb_of(tar, tar);
  return {
      deb + testing::ar_member("_gpgorigin", "odd") + testing::ar_member("_gpgmaint", "even"),
      deb + testing::ar_member("_gpgorigin", "x"), deb,
      std::string("\x1f\x8b\x08\x10\0\0\0\0\0\x03", 10) + comment + '\0' + "packed bytes",
      std::string("\x1f\x8b\x08\x18\0\0\0\0\0\x03n\0", 12) + comment + '\0' + "packed"};
}

namespace {

/// The index and the worker's reader see the same members; the index alone refuses two of
/// one name, which the walk does for the reader.
void try_deb(std::string_view input) {
  const MemoryAccess access(as_bytes(input));
  const DebIndex index = index_deb(access).take();
  const auto listed = begins_as_deb(as_bytes(input)) ? list(deb_container, input, input.size())
                                                     : std::optional<Listing>();
  if (listed && index.fault) {
    expect(index.fault->code == "duplicate-name" || listed->size() > 60, "both accept it");
  }
  if (!listed || index.fault) return;
  expect(listed->size() == index.members.size(), "both see as many members");
  for (std::size_t i = 0; i < listed->size(); ++i) {
    const DebMember& member = index.members[i];
    expect((*listed)[i].name == member.name, "by the same names");
    expect((*listed)[i].content == input.substr(member.offset, member.size),
           "and with the same contents");
  }
}

void try_signify(std::string_view input) {
  const auto comment = parse_signify_comment(input);
  if (!comment) return;
  expect(std::string(comment->signature) + std::string(comment->message) == input,
         "a comment is its two parts");
  expect(comment->blocks() > 0 && comment->digest(comment->blocks() - 1).size() == 64,
         "it has digests");
}

}  // namespace
}  // namespace assay::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace assay;
  const std::string_view input = fuzz::text(data, size);
  fuzz::try_deb(input);
  fuzz::try_signify(input);
  const Sidecar bundle{"acme-1", std::string(input)};
  const MemoryFile file(bundle);
  const FoundSignatures found = find_embedded(file, test::all_formats()).take();
  const TrustStore nobody;
  for (const FoundSignature& one : found.signatures) {
    fuzz::expect(
        JoinedFile(file, one.signature.place).whole(input.size()).take() == one.bytes.bytes,
        "it has the bytes of its place");
    const JoinedFile message(file, one.signature.message);
    const auto answer = one.format->verify({one.bytes, message, {}, nobody, Time{}});
    if (!answer) continue;
    for (const Signature& signature : *answer) {
      fuzz::expect(!signature.reason.empty(), "without a key nothing counts");
    }
  }
  for (const auto& [format, error] : found.faults) {
    fuzz::expect(!error.code.empty(), "a fault has a reason");
  }
  return 0;
}
