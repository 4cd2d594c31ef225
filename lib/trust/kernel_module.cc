// kernel-module: the signature behind a Linux kernel module, as scripts/sign-file appends it
// (Linux, Documentation/admin-guide/module-signing.rst, include/linux/module_signature.h).

#include <fmt/format.h>

#include <array>

#include "base/bytes.h"
#include "crypto/authenticode.h"
#include "trust/certified.h"
#include "trust/file_bytes.h"
#include "trust/formats.h"

namespace assay {
namespace {

constexpr std::string_view kMagic = "~Module signature appended~\n";
constexpr std::uint64_t kInfo = 12;  // struct module_signature
constexpr std::uint64_t kTrailer = kInfo + kMagic.size();
constexpr std::string_view kElf =
    "\x7f"
    "ELF";

Result<std::vector<EmbeddedSignature>> find(const SignedFile& bundle) {
  std::vector<EmbeddedSignature> found;
  if (bundle.size() < kTrailer) return found;
  const std::string trailer = TRY(bytes_at(bundle, bundle.size() - kTrailer, kTrailer));
  if (trailer.size() != kTrailer || !trailer.ends_with(kMagic)) return found;
  // algo, hash, id_type, signer_len, key_id_len, three of padding: of an old form all but the
  // third; its value 2 is PKCS#7.
  constexpr std::string_view kPkcs7("\0\0\2\0\0\0\0\0", 8);
  if (!trailer.starts_with(kPkcs7)) {
    return malformed("signature-malformed", "its trailer is of another form than PKCS#7's");
  }
  std::uint64_t size = 0;
  for (const char c : trailer.substr(kPkcs7.size(), 4)) {
    size = size << 8U | static_cast<unsigned char>(c);
  }
  const std::uint64_t end = bundle.size() - kTrailer;
  if (size == 0 || size > end) {
    return malformed("signature-malformed",
                     "its trailer tells of a signature of no such length");
  }
  found.push_back({.name = {},
                   .place = {{end - size, size}},
                   .message = {{0, end - size}},
                   .container = {{end, kTrailer}}});
  return found;
}

/// A module begins as no signed attributes do, so its own bytes may be what is signed.
Result<Fault> content_fault(const SignerCase& it, const Certificate& signer) {
  std::array<std::byte, kElf.size()> head{};
  const std::size_t n = TRY(it.question.file.read_at(0, head));
  if (as_text(Bytes(head).first(n)) != kElf) {
    return Fault{"signature-pasted", "it is a signature for a kernel module on something else"};
  }
  if (it.signer().has_attributes) {
    if (Fault fault = signer_fault(it.message, it.index, signer)) return fault;
    if (TRY(it.question.file.digest(*it.signer().digest)) == it.signer().message_digest) {
      return Fault{};
    }
    return Fault{"bad-signature", "the module is not what was signed"};
  }
  if (!it.signer().digest) return Fault{bare_signer_fault(it.message, it.index, signer, {})};
  return bare_signer_fault(it.message, it.index, signer,
                           TRY(it.question.file.digest(*it.signer().digest)));
}

Result<std::vector<Signature>> verify(const SignatureQuestion& question) {
  const AuthenticodeMessage read = TRY(parse_bare_signature(question.sidecar.bytes));
  const SignerCase it{question, read.message};
  return std::vector{TRY(judge_signer(
      it, {}, [&](const Certificate& signer) { return content_fault(it, signer); }))};
}

}  // namespace

extern const EmbeddedFormat kernel_module_format = {
    .name = "kernel-module", .find = find, .verify = verify};

}  // namespace assay
