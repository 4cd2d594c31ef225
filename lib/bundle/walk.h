// walk: opens a bundle to its last member. Containers and codecs are opened
// recursively on an explicit stack; what is inside streams by once.

#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "bundle/format.h"
#include "bundle/source.h"
#include "model/evidence.h"
#include "model/limits.h"

namespace assay {

class HashAhead;

/// Content: the whole bytes of a leaf, owned; moved from walker to scanner.
/// Its memory returns to a pool when it goes; the walk waits for that while more
/// than 192 MiB are out, so a visitor must not keep them.
class Content {
 public:
  Content() = default;
  /// `ahead` has read the bytes on their way, or is null.
  Content(std::shared_ptr<const void> owner, Bytes bytes, std::shared_ptr<HashAhead> ahead)
      : owner_(std::move(owner)), bytes_(bytes), ahead_(std::move(ahead)) {}
  Bytes bytes() const { return bytes_; }
  /// Lower-case hex. Once.
  std::string sha256() const;

 private:
  std::shared_ptr<const void> owner_;
  Bytes bytes_;
  std::shared_ptr<HashAhead> ahead_{};  ///< goes before the bytes it reads
};

/// Passage: takes a leaf piece by piece.
class Passage {
 public:
  virtual ~Passage() = default;
  virtual void piece(Bytes bytes) = 0;
  /// All of it has passed; the member is as for Visitor::leaf(). False when it must be
  /// held after all.
  virtual bool end(Member member) = 0;
};

/// Visitor: receives what the walk finds, in order, on the walking thread.
class Visitor {
 public:
  virtual ~Visitor() = default;
  /// A member without content of its own to scan: folders, links, devices, and
  /// containers once they were opened (sha256 and size set, scanned = true).
  virtual void member(Member member) = 0;
  /// A member to hash and scan: size and type are set, sha256 is not. May wait
  /// until there is room (that is how memory stays bounded).
  virtual void leaf(Member member, Content content) = 0;
  /// Who takes a large program of `size` bytes as it passes, instead of leaf(). Null: it is
  /// to be held.
  virtual std::unique_ptr<Passage> pass(std::uint64_t /*size*/) { return nullptr; }
  virtual void problem(Problem problem) = 0;
};

/// What the walk itself can say when it is over.
struct WalkSummary {
  std::string format{};  ///< of the bundle: "tar.gz", "deb", "pe"
  std::uint64_t depth = 0;
  std::uint64_t bytes = 0;  ///< unpacked, every layer counted
  bool complete = false;    ///< every container reached its end
  Ledger ledger{};          ///< of the bundle's own bytes; adds up to its size
};

/// The code of the error that ends a walk when a leaf had to be held and has passed: it is
/// walked again by a visitor that holds all.
inline constexpr std::string_view kMustHold = "must-hold";

/// Whatever is wrong with the bundle becomes a problem; an Error is ours (io,
/// internal). After a problem inside a nested container the walk goes on with
/// the member after it; after a limit on totals it ends.
Result<WalkSummary> walk(const Source& source, const Limits& limits, const Formats& formats,
                         Visitor& visitor);

}  // namespace assay
