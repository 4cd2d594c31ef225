// The two kinds of format a bundle is made of, one row each in the registry: a
// Codec turns a packed stream into a plain one, a Container holds members.

#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "model/evidence.h"
#include "model/limits.h"

namespace assay {

/// ByteStream: bytes in order, each given once.
class ByteStream {
 public:
  virtual ~ByteStream() = default;
  /// The next piece, empty at the end. Valid until the next call.
  virtual Result<Bytes> next() = 0;
};

/// RandomAccess: bytes at any place, for formats whose index stands at the end.
class RandomAccess {
 public:
  virtual ~RandomAccess() = default;
  virtual std::uint64_t size() const = 0;
  virtual Result<std::size_t> read_at(std::uint64_t offset,
                                      std::span<std::byte> buffer) const = 0;
};

class FileList;

/// One member as its container claims it.
struct Entry {
  std::string name{};  ///< raw bytes
  MemberKind kind = MemberKind::other;
  std::uint32_t mode = 0;
  std::string link_target{};
  /// Rights it asks for beyond its mode, "file capabilities"; empty if none.
  std::string rights{};
  std::optional<std::uint64_t> declared_size{};
  bool encrypted = false;
  /// What the container's format says the content is, "tar.xz"; else it is corrupt.
  std::string must_be{};
  /// What it says the content holds (file_list.h), or nothing.
  std::shared_ptr<FileList> must_hold{};
  /// Other unpackers make a file of a link's target: it is given out as content too.
  bool target_is_content = false;
};

/// MemberReader walks a container, first member to last.
class MemberReader {
 public:
  virtual ~MemberReader() = default;
  /// The next member, nothing at the end; skips what was not read of the last.
  /// At the end the reader has checked that nothing but allowed padding follows.
  virtual Result<std::optional<Entry>> next() = 0;
  /// The next piece of the current member, empty at its end; valid until the next call.
  virtual Result<Bytes> read() = 0;
  /// What the bytes used so far are, each counted where it was read. At the end that
  /// is all of them: the walk holds it against the bytes that went by.
  virtual Ledger ledger() const = 0;
};

/// Bytes of a comment, an extra field or an attribute that may pass without being
/// given out as content; more could carry something.
constexpr std::size_t kUnseenMax = 1024;

class Decoder;

/// Codec: one row. `head` is the first bytes of the stream, 512 or all there are.
struct Codec {
  std::string_view name;    ///< "gzip"
  std::string_view suffix;  ///< "gz", as in "tar.gz" and in names
  bool (*matches)(Bytes head);
  /// The decoder pulls from `packed`, which must outlive it. One stream, nothing
  /// after it; a header that asks for more memory than the limit is refused.
  Result<std::unique_ptr<Decoder>> (*open)(ByteStream& packed, const Limits& limits);
};

/// Container: one row; exactly one of the two open functions is set.
struct Container {
  std::string_view name;  ///< "tar"
  bool (*matches)(Bytes head);
  Result<std::unique_ptr<MemberReader>> (*open_stream)(ByteStream& bytes, const Limits& limits);
  Result<std::unique_ptr<MemberReader>> (*open_random)(const RandomAccess& bytes,
                                                       const Limits& limits);
  /// Its reader is known to be weak: opened only where a policy names it.
  bool on_request = false;
};

/// What the walk can open; the lists stand in verify/registry.cc.
struct Formats {
  std::span<const Codec* const> codecs{};
  std::span<const Container* const> containers{};
  std::vector<std::string> requested{};  ///< of those on request
};

/// True if this container may be opened.
bool is_opened(const Container& container, const Formats& formats);

/// Sniff: what these bytes are, when they are no container or codec we open:
/// "elf", "pe", "script", "json", "text", "data", … ; or a container we know
/// and cannot open ("7z", "rar", "msi", …), which makes the member opaque.
struct Sniff {
  std::string_view type = "data";
  bool opaque = false;
};
Sniff sniff(Bytes first);

/// As sniff(), with the whole content at hand: also sees what stands elsewhere
/// than at the head, such as the archive an installer carries ("pe-installer",
/// "pe-sfx", "elf-sfx", "script-sfx", "iso", "dmg"; all opaque).
Sniff sniff_content(Bytes whole);

/// True if a file that begins so could be of a type whose mark does not stand at its head.
bool may_be_another_type(Bytes front);

}  // namespace assay
