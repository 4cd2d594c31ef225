// Signatures: what every signature format is asked, and what it answers. A
// format says whose key made a signature and over which bytes; whether that
// key counts here and now is asked in one place for all of them (standing.h).

#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "crypto/digest.h"
#include "trust/key.h"

namespace assay {

class TrustStore;

/// A file beside the bundle that may speak for it.
struct Sidecar {
  std::string name{};  ///< base name
  std::string bytes{};
};

/// What signatures and lists speak of: the bundle or parts of it, or a list beside it.
class SignedFile {
 public:
  virtual ~SignedFile() = default;
  virtual const std::string& name() const = 0;  ///< base name, raw
  virtual std::uint64_t size() const = 0;
  /// Each algorithm is computed once.
  virtual Result<std::vector<std::byte>> digest(HashAlgorithm algorithm) const = 0;
  /// Every byte; `undecided`, code limit-whole-file-bytes, if there are more than `max_bytes`.
  virtual Result<std::string> whole(std::uint64_t max_bytes) const = 0;
  /// Feeds every byte to `use`, piece by piece, in order.
  virtual Result<void> read(const std::function<void(Bytes)>& use) const = 0;
  /// Fills `buffer` from `offset` on, as far as there are bytes; 0 at the end.
  virtual Result<std::size_t> read_at(std::uint64_t offset,
                                      std::span<std::byte> buffer) const = 0;
};

/// A range of the signed file's bytes.
struct ByteRange {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
};

/// Bytes of a sidecar that its signer did not sign.
struct UnsignedPart {
  ByteRange range{};        ///< of the sidecar's bytes
  std::string_view what{};  ///< "time-stamp"
};

/// One signature of a sidecar, as its format found it. The zero value proves nothing.
struct Signature {
  const TrustedKey* key =
      nullptr;  ///< the one that made it, or that it names; null: none given
  /// False if the signature does not say which key made it: one that does not fit
  /// may then be anybody's.
  bool names_key = true;
  std::string key_id{};      ///< as the format shows it; a claim unless `key` is set
  std::string claimed_id{};  ///< what would be pinned, where the signature tells all of it
  std::string algorithm{};   ///< as the key's `algorithms` would list it
  std::string reason = "not-judged";  ///< empty: the bytes below are what `key` signed
  std::string detail{};               ///< one printable line: why not
  /// Of the file that was signed, when nothing is carried along.
  std::vector<ByteRange> covered{};
  /// What the sidecar carries and the signature covers, all of it: a list or a
  /// statement. Null for a detached signature.
  std::shared_ptr<const std::string> content{};
  /// Harmless by their place and size, and told all the same.
  std::vector<UnsignedPart> unsigned_parts{};
  std::string_view role = "payload";      ///< what the key must be pinned for
  std::string comment{};                  ///< text signed along, raw
  std::vector<std::string> file_names{};  ///< each must be the signed file's
  std::optional<std::string> version{};   ///< of the product, as signed
  std::optional<Time> claimed_time{};     ///< by the signer: can only reject
  std::optional<Time> expires{};          ///< of the signature itself
  std::vector<Time> proven_times{};       ///< by pinned time-stamping authorities
};

/// What a format is asked.
struct SignatureQuestion {
  const Sidecar& sidecar;
  const SignedFile& file;            ///< what the sidecar's name says it signs
  std::span<const TrustedKey> keys;  ///< those to try, of any format
  const TrustStore& store;           ///< for time-stamping authorities and revocation lists
  Time now;
  /// When the sidecar existed, by pinned authorities: time-stamps over its bytes.
  std::span<const Time> proven_times{};
};

/// SignatureFormat: one row.
struct SignatureFormat {
  std::string_view name;  ///< "minisign"
  /// FILE + suffix signs FILE; in the order in which sidecars are looked for.
  std::span<const std::string_view> suffixes;
  /// True if what is signed stands in the sidecar itself: each answer has `content`.
  bool carries = false;
  /// True if it is an authority's word that FILE existed at a time, and no key's that it may
  /// be installed: FILE is the bundle, or a sidecar whose signatures it helps. An answer that
  /// holds has no `key`, and one of `proven_times`.
  bool proves_time = false;
  bool (*matches)(std::string_view bytes);
  /// Every signature the sidecar holds, at least one: the same ones in the same order
  /// whichever keys are given. Fails as malformed (sidecar-malformed and kin), as
  /// undecided (limits, unsupported), or with io if the file cannot be read.
  Result<std::vector<Signature>> (*verify)(const SignatureQuestion& question);
};

/// A signature that stands in the bundle itself, before anybody judged it.
struct EmbeddedSignature {
  std::string name{};  ///< of the member that holds it, raw; empty if none does
  /// Its bytes, joined in this order: what the format's `verify` is given as a sidecar.
  std::vector<ByteRange> place{};
  /// What it is over, joined in this order: what `verify` is given as the file.
  std::vector<ByteRange> message{};
  /// Bytes that are the container's own, such as headers that say where members stand: the
  /// format has seen that they can mean one thing only. Never content.
  std::vector<ByteRange> container{};
};

/// EmbeddedFormat: one row. How one kind of bundle carries signatures over itself. One counts
/// only if its message, its place and the container's own bytes are together the bundle.
struct EmbeddedFormat {
  std::string_view name;  ///< "debsig"
  /// None if the bundle is of another kind, or not signed so. Reads what is needed to find
  /// them and no content. Fails as malformed if it holds signatures and could be read in two
  /// ways, as undecided (limits), or with io.
  Result<std::vector<EmbeddedSignature>> (*find)(const SignedFile& bundle);
  /// As SignatureFormat has it. Each answer that holds covers all of the question's file.
  Result<std::vector<Signature>> (*verify)(const SignatureQuestion& question);
};

/// The whole of a file, as `covered` has it.
inline std::vector<ByteRange> whole_of(const SignedFile& file) {
  return {{.offset = 0, .size = file.size()}};
}

/// The keys of one format among those given.
std::vector<const TrustedKey*> keys_of(const SignatureQuestion& question,
                                       std::string_view key_format);

/// Refuses: sets the reason and why.
void refuse(Signature& signature, std::string_view reason, std::string detail);

}  // namespace assay
