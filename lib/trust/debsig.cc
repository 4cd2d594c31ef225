// debsig: the OpenPGP signatures that debsigs puts into a deb, each a member _gpg<role>
// over the contents of debian-binary, control.tar* and data.tar*, joined. dpkg-sig's
// members of the same kind are lists of MD5 and SHA-1. signing.md 3.12.

#include <algorithm>

#include "base/bytes.h"
#include "bundle/deb_index.h"
#include "trust/file_access.h"
#include "trust/formats.h"
#include "trust/openpgp.h"
#include "trust/openpgp_armor.h"

namespace assay {

extern const SignatureFormat openpgp_format;
extern const SignatureFormat openpgp_cleartext_format;

namespace {

constexpr std::size_t kSigned = 3;  // members: all that dpkg reads

/// All but the members dpkg reads: headers and padding, which the index has held to one
/// meaning, and the signatures, of which none is over another.
std::vector<ByteRange> around(std::span<const ByteRange> contents, std::uint64_t size) {
  std::vector<ByteRange> rest;
  std::uint64_t end = 0;
  for (const ByteRange& content : contents) {
    rest.push_back({end, content.offset - end});
    end = content.offset + content.size;
  }
  rest.push_back({end, size - end});
  return rest;
}

Result<std::vector<EmbeddedSignature>> find(const SignedFile& bundle) {
  const DebIndex index = TRY(index_deb(FileAccess(bundle)));
  const auto is_signature = [](const DebMember& it) { return is_deb_signature(it.name); };
  if (std::ranges::none_of(index.members, is_signature)) {
    return std::vector<EmbeddedSignature>();
  }
  if (index.fault) return *index.fault;
  std::vector<ByteRange> contents;
  for (const DebMember& member : std::span(index.members).first(kSigned)) {
    contents.push_back({member.offset, member.size});
  }
  std::vector<EmbeddedSignature> found;
  for (const DebMember& member : std::span(index.members).subspan(kSigned)) {
    found.push_back({.name = member.name,
                     .place = {{member.offset, member.size}},
                     .message = contents,
                     .container = around(contents, bundle.size())});
  }
  return found;
}

/// A list by dpkg-sig tells whose it is and proves nothing of the members.
Result<std::vector<Signature>> verify_list(const SignatureQuestion& question) {
  std::vector<Signature> answers = TRY(openpgp_cleartext_format.verify(question));
  for (Signature& one : answers) {
    one.content = nullptr;
    if (!one.reason.empty()) continue;
    refuse(one, "weak-algorithm", "a list by dpkg-sig names the members by MD5 and SHA-1");
  }
  return answers;
}

Result<std::vector<Signature>> verify(const SignatureQuestion& question) {
  const bool is_list = openpgp_cleartext_format.matches(question.sidecar.bytes);
  return is_list ? verify_list(question) : openpgp_format.verify(question);
}

}  // namespace

extern const EmbeddedFormat debsig_format = {.name = "debsig", .find = find, .verify = verify};

}  // namespace assay
