// Layer: one container (with the codec around it) while the walk is inside it,
// and what it takes to open one: identification and the chain of streams.

#pragma once

#include <memory>
#include <string>

#include "bundle/buffer.h"
#include "bundle/claims.h"
#include "bundle/format.h"
#include "bundle/meter.h"
#include "bundle/stream.h"
#include "model/evidence.h"

namespace assay {

/// What the first bytes claim to be. `ambiguous` names both claims.
struct Identity {
  const Codec* codec = nullptr;
  const Container* container = nullptr;
  std::string ambiguous{};
  bool opens() const { return codec != nullptr || container != nullptr; }
};

/// Asks every codec and container. Two claims are ambiguous, but for deb, which is
/// an ar. `head` is the first 512 bytes, or all there are.
Identity identify(Bytes head, const Formats& formats);

constexpr std::size_t kHeadSize = 512;

/// Layer: the streams stand in the order bytes pass them; each reads the one
/// before it, so none may move.
struct Layer {
  Layer() = default;
  Layer(const Layer&) = delete;
  Layer& operator=(const Layer&) = delete;

  Member member{};  ///< as reported when it is over; its path prefixes those inside
  bool is_bundle = false;
  bool reported = false;  ///< false for the bundle itself and for second readings
  std::uint64_t depth = 0;

  std::unique_ptr<ByteStream> content{};
  const MemberStream* from_parent = nullptr;  ///< `content`, if a parent layer gives it
  std::unique_ptr<HeadStream> raw{};
  std::unique_ptr<PassedStream> packed{};
  std::unique_ptr<DecodedStream> decoded{};
  std::unique_ptr<HeadStream> plain{};
  std::shared_ptr<Block> spool{};
  std::unique_ptr<RandomAccess> random{};
  std::unique_ptr<MemberReader> reader{};

  std::uint64_t files = 0;  ///< members with content, so far
  Claims claims{};
  std::string must_be{};             ///< what the parent's format says it is, or empty
  std::size_t first_descendant = 0;  ///< in the walk's list of opened containers
  std::string last_failure{};        ///< one failure is told once

  /// Lower-case hex, of a layer that was read to its end. Once.
  std::string sha256() const;
  /// What the layer's own bytes are, as its codec or reader counted them so far.
  Ledger ledger() const;
  /// Fails as unaccounted-bytes if its readers, at their end, counted other bytes than
  /// went by: one skipped some, or took some twice.
  Result<void> check_ledger() const;

  /// Why the layer below cannot go on, if that is why this one cannot.
  const Error* failure_below() const {
    return from_parent != nullptr && from_parent->failure() ? &*from_parent->failure()
                                                            : nullptr;
  }
};

/// Opens what `identity` found behind layer.raw and sets member.type and reader. A
/// container inside a codec becomes one layer with it ("tar.xz"); a codec around
/// anything else holds one member. Containers that need random access are read
/// into layer.spool unless layer.random is set.
Result<void> open_layer(Layer& layer, const Identity& identity, const Formats& formats,
                        Meter& meter, BufferPool& pool);

/// True if open_layer() will read all of the layer into its spool, whose digest is taken
/// beside the walk.
bool is_spooled(const Layer& layer, const Identity& identity, const Limits& limits);

/// The rest of the stream as one block. Fails as limit-scan-bytes when it is longer.
Result<std::shared_ptr<Block>> read_block(ByteStream& stream, std::uint64_t expected,
                                          const Limits& limits, BufferPool& pool);

}  // namespace assay
