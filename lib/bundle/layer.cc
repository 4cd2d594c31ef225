#include "bundle/layer.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "bundle/names.h"

namespace assay {
namespace {

/// A thread pays from here on.
constexpr std::uint64_t kReadAheadMin = std::uint64_t{1} << 20;

/// A lone compressed file as a container of one member.
class SingleReader final : public MemberReader {
 public:
  SingleReader(ByteStream& content, std::string name)
      : content_(content), name_(std::move(name)) {}

  Result<std::optional<Entry>> next() override {
    if (name_.empty()) {
      while (!TRY(read()).empty()) {
      }
      return std::optional<Entry>{};
    }
    return std::optional<Entry>(
        Entry{.name = std::exchange(name_, {}), .kind = MemberKind::file, .mode = 0644});
  }
  Result<Bytes> read() override {
    const Bytes piece = TRY(content_.next());
    ledger_.member += piece.size();
    return piece;
  }
  Ledger ledger() const override { return ledger_; }

 private:
  ByteStream& content_;
  Ledger ledger_{};
  std::string name_;
};

Result<void> open_codec(Layer& layer, const Codec& codec, const Formats& formats,
                        Meter& meter) {
  layer.member.type = codec.name;  // also of one whose header is cut off
  auto decoder = TRY(codec.open(*layer.packed, meter.limits()));
  layer.decoded = std::make_unique<DecodedStream>(std::move(decoder), *layer.packed, meter);
  // Other layers read through their parents, which are the walk's.
  if (layer.is_bundle && layer.random->size() >= kReadAheadMin) layer.decoded->read_ahead();
  layer.plain = std::make_unique<HeadStream>(*layer.decoded);
  const Identity inside = identify(TRY(layer.plain->peek(kHeadSize)), formats);
  const Container* const container = inside.container;
  if (inside.ambiguous.empty() && container != nullptr && container->open_stream != nullptr) {
    layer.member.type = fmt::format("{}.{}", container->name, codec.suffix);
    layer.reader = TRY(container->open_stream(*layer.plain, meter.limits()));
    return {};
  }
  layer.reader = std::make_unique<SingleReader>(*layer.plain,
                                                unpacked_name(layer.member.path, codec.suffix));
  return {};
}

Result<void> open_random(Layer& layer, const Container& container, Meter& meter,
                         BufferPool& pool) {
  if (layer.random == nullptr) {
    layer.spool = TRY(read_block(*layer.packed, layer.member.size, meter.limits(), pool));
    layer.random = std::make_unique<MemoryAccess>(layer.spool->bytes());
  }
  layer.reader = TRY(container.open_random(*layer.random, meter.limits()));
  return {};
}

}  // namespace

bool is_opened(const Container& container, const Formats& formats) {
  return !container.on_request ||
         std::ranges::find(formats.requested, container.name) != formats.requested.end();
}

Identity identify(Bytes head, const Formats& formats) {
  Identity identity;
  std::vector<std::string_view> claims;
  for (const Codec* codec : formats.codecs) {
    if (!codec->matches(head)) continue;
    identity.codec = codec;
    claims.push_back(codec->name);
  }
  for (const Container* container : formats.containers) {
    if (!is_opened(*container, formats) || !container->matches(head)) continue;
    if (identity.container == nullptr || container->name == "deb") {
      identity.container = container;
    }
    claims.push_back(container->name);
  }
  // deb is a kind of ar, and the one allowed pair.
  if (std::ranges::find(claims, "deb") != claims.end()) std::erase(claims, "ar");
  if (claims.size() > 1)
    return {.ambiguous = fmt::format("it begins as {} and as {}", claims[0], claims[1])};
  return identity;
}

std::string Layer::sha256() const {
  std::string digest = packed->sha256();
  if (digest.empty() && spool != nullptr) digest = spool->sha256();
  return digest;
}

Ledger Layer::ledger() const {
  if (decoded != nullptr) return decoded->ledger();
  return reader != nullptr ? reader->ledger() : Ledger{};
}

Result<void> Layer::check_ledger() const {
  const auto check = [](const Ledger& seen, std::uint64_t size,
                        std::string_view what) -> Result<void> {
    if (seen.unknown == 0 && adds_up_to(seen, size)) return {};
    const std::uint64_t known = seen.member + seen.metadata + seen.padding + seen.signature;
    return malformed("unaccounted-bytes",
                     fmt::format("{} of {} {} bytes are accounted for", known, size, what));
  };
  if (decoded == nullptr) {
    return check(reader->ledger(), random != nullptr ? random->size() : packed->size(),
                 member.type);
  }
  TRY(check(decoded->ledger(), decoded->packed_size(), "packed"));
  return check(reader->ledger(), decoded->size(), "unpacked");
}

bool is_spooled(const Layer& layer, const Identity& identity, const Limits& limits) {
  return identity.codec == nullptr && identity.container->open_random != nullptr &&
         layer.random == nullptr && layer.member.size > 0 &&
         layer.member.size <= limits.scan_bytes;
}

Result<void> open_layer(Layer& layer, const Identity& identity, const Formats& formats,
                        Meter& meter, BufferPool& pool) {
  if (identity.codec != nullptr) return open_codec(layer, *identity.codec, formats, meter);
  const Container& container = *identity.container;
  layer.member.type = container.name;
  if (container.open_random != nullptr) return open_random(layer, container, meter, pool);
  layer.reader = TRY(container.open_stream(*layer.packed, meter.limits()));
  return {};
}

Result<std::shared_ptr<Block>> read_block(ByteStream& stream, std::uint64_t expected,
                                          const Limits& limits, BufferPool& pool) {
  // A declared size is a claim: it may reserve, never more than the limit.
  auto block = TRY(pool.take(std::min(expected, limits.scan_bytes)));
  for (Bytes piece = TRY(stream.next()); !piece.empty(); piece = TRY(stream.next())) {
    if (block->bytes().size() + piece.size() > limits.scan_bytes) {
      return undecided("limit-scan-bytes",
                       fmt::format("a member of {} or more bytes is over the limit of {}",
                                   block->bytes().size() + piece.size(), limits.scan_bytes));
    }
    TRY(block->append(piece));
  }
  return block;
}

}  // namespace assay
