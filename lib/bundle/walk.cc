#include "bundle/walk.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "bundle/carried.h"
#include "bundle/file_list.h"
#include "bundle/layer.h"
#include "bundle/names.h"
#include "bundle/passage.h"
#include "bundle/stream_index.h"
#include "bundle/zip_index.h"

namespace assay {
namespace {

constexpr std::size_t kPoolBytes = std::size_t{192} << 20;
constexpr std::uint64_t kTail = std::uint64_t{128} << 10;
constexpr std::size_t kSourceChunk = std::size_t{1} << 20;

class SourceStream final : public ByteStream {
 public:
  explicit SourceStream(const Source& source) : source_(source) {
    buffer_.resize(std::min<std::uint64_t>(kSourceChunk, source.size()));
  }
  Result<Bytes> next() override {
    const std::size_t count = TRY(source_.read_at(offset_, buffer_));
    offset_ += count;
    return Bytes(buffer_).first(count);
  }

 private:
  const Source& source_;
  std::vector<std::byte> buffer_;
  std::uint64_t offset_ = 0;
};

class SourceAccess final : public RandomAccess {
 public:
  explicit SourceAccess(const Source& source) : source_(source) {}
  std::uint64_t size() const override { return source_.size(); }
  Result<std::size_t> read_at(std::uint64_t offset,
                              std::span<std::byte> buffer) const override {
    return source_.read_at(offset, buffer);
  }

 private:
  const Source& source_;
};

/// Stands where a stream must and all bytes are read by place.
class NoStream final : public ByteStream {
 public:
  Result<Bytes> next() override { return Bytes{}; }
};

/// Formats that are a zip behind a header of their own, and nothing else.
bool is_zip_with_header(std::string_view type) {
  return type == "crx" || type == "jmod";
}

std::string why_not_opened(std::string_view type, const Formats& formats) {
  const auto known = std::ranges::find(formats.containers, type, &Container::name);
  if (known != formats.containers.end() && (*known)->on_request) {
    return fmt::format("{} is opened only where the policy names it ([examine] formats)", type);
  }
  return fmt::format("{} cannot be opened", type);
}

bool is_about_bundle(const Error& error) {
  return error.kind == Error::Kind::malformed || error.kind == Error::Kind::undecided;
}

class Walker {
 public:
  Walker(const Source& source, const Limits& limits, const Formats& formats, Visitor& visitor)
      : source_(source), formats_(formats), visitor_(visitor), meter_(limits) {}

  Result<WalkSummary> run() {
    TRY(open_bundle());
    while (!layers_.empty()) TRY(step());
    close_ledger();
    summary_.bytes = summary_.depth == 0 ? source_.size() : meter_.member_bytes();
    return summary_;
  }

 private:
  using LayerPtr = std::unique_ptr<Layer>;

  const Limits& limits() const { return meter_.limits(); }
  void problem(const Error& error, std::string member) {
    visitor_.problem(as_problem(error, std::move(member)));
  }

  Result<void> open_bundle();
  Result<void> step();
  Result<void> visit(Layer& parent, const Entry& entry);
  Result<void> give_target(Member member, Bytes target, std::uint64_t depth);
  void check_claim(const Layer& layer, std::string_view type);
  Result<void> check_end(const Layer& layer);
  void check_ledger(const Layer& layer);
  void close_ledger();
  Result<void> visit_content(LayerPtr layer, std::uint64_t expected);
  Result<void> enter(LayerPtr layer, const Identity& identity);
  Result<bool> let_pass(Layer& layer, std::uint64_t expected);
  Result<void> visit_leaf(Layer& layer, std::uint64_t expected, std::string_view known_type);
  Result<void> give_leaf(Member member, std::shared_ptr<Block> block, std::string_view type,
                         std::uint64_t depth);
  Result<void> second_reading(const Member& member, std::shared_ptr<Block> block,
                              std::uint64_t depth);
  Result<void> open_carried(const Member& member, std::shared_ptr<Block> block,
                            const Carried& carried, std::uint64_t depth);
  Result<void> enter_again(const Member& member, std::shared_ptr<Block> block, Bytes part,
                           const Identity& identity, std::uint64_t depth);
  Result<void> content_failed(Layer& layer, const Error& error);
  Result<void> layer_failed(const Error& error);
  Result<void> leave(bool whole);
  Result<bool> drain(Layer& layer, bool whole);
  void stop(const Error& error, const std::string& member);
  void check_cycle(const std::string& sha256, std::size_t first, const std::string& path);

  const Source& source_;
  const Formats& formats_;
  Visitor& visitor_;
  Meter meter_;
  std::shared_ptr<BufferPool> pool_ = std::make_shared<BufferPool>(kPoolBytes);
  std::vector<LayerPtr> layers_{};
  std::vector<std::string> opened_{};  ///< digests of containers that are over
  WalkSummary summary_{.complete = true};
};

/// The bundle is the one member nobody contains.
Result<void> Walker::open_bundle() {
  if (source_.size() == 0) {
    summary_.format = "empty";
    problem(undecided("empty-bundle", "the file has no bytes"), source_.name());
    return {};
  }
  auto layer = std::make_unique<Layer>();
  layer->is_bundle = true;
  layer->member = {.path = source_.name(), .kind = MemberKind::file, .mode = 0644};
  layer->content = std::make_unique<SourceStream>(source_);
  layer->random = std::make_unique<SourceAccess>(source_);
  return visit_content(std::move(layer), source_.size());
}

Result<void> Walker::step() {
  Layer& layer = *layers_.back();
  auto entry = layer.reader->next();
  if (!entry) return layer_failed(entry.error());
  if (*entry) return visit(layer, **entry);
  for (const Remark& remark : layer.claims.finish()) {
    const std::string& path = layer.member.path;
    problem(remark.error, remark.name.empty() ? path : path + "!/" + remark.name);
  }
  if (layers_.size() == 1 && layer.depth == 1 && layer.files == 0 && !layer.reported) {
    problem(undecided("empty-bundle", "it holds no file"), layer.member.path);
  }
  return leave(true);
}

/// A link's target, scanned as the file that other unpackers make of it.
Result<void> Walker::give_target(Member member, Bytes target, std::uint64_t depth) {
  auto block = TRY(pool_->take(target.size()));
  TRY(block->append(target));
  return give_leaf(std::move(member), std::move(block), {}, depth);
}

Result<void> Walker::visit(Layer& parent, const Entry& entry) {
  Member member{
      .path = parent.member.path + "!/" + shown_name(entry.name, entry.kind, limits()),
      .kind = entry.kind,
      .mode = entry.mode,
      .link_target = entry.link_target.substr(0, kTargetMax)};
  auto counted = meter_.add_member();
  if (counted) counted = meter_.add_name_bytes(entry.name.size() + entry.link_target.size());
  if (!counted) {
    stop(counted.error(), member.path);
    return {};
  }
  for (const Error& fault : parent.claims.judge(entry, parent.member.type, limits())) {
    problem(fault, member.path);
  }
  // Whatever a member is called, content shall not pass unseen.
  const bool has_content = entry.kind == MemberKind::file || entry.kind == MemberKind::other ||
                           entry.declared_size.value_or(0) > 0;
  if (has_content) ++parent.files;
  if (has_content && entry.encrypted) {
    problem(undecided("encrypted-member", "the content is encrypted"), member.path);
    summary_.complete = false;
  }
  if (entry.target_is_content && !entry.encrypted) {
    return give_target(std::move(member), as_bytes(entry.link_target), parent.depth);
  }
  if (!has_content || entry.encrypted) {
    visitor_.member(std::move(member));
    return {};
  }
  auto layer = std::make_unique<Layer>();
  auto content = std::make_unique<MemberStream>(*parent.reader, meter_);
  layer->from_parent = content.get();
  layer->content = std::move(content);
  if (auto sha256 = parent.claims.listed_sha256(entry); !sha256.empty()) {
    layer->content =
        std::make_unique<CheckedStream>(std::move(layer->content), std::move(sha256));
  }
  layer->claims.expect(entry.must_hold);
  layer->member = std::move(member);
  layer->member.size = entry.declared_size.value_or(0);
  layer->must_be = entry.must_be;
  layer->reported = true;
  layer->depth = parent.depth;
  return visit_content(std::move(layer), entry.declared_size.value_or(0));
}

Result<void> Walker::visit_content(LayerPtr layer, std::uint64_t expected) {
  layer->raw = std::make_unique<HeadStream>(*layer->content);
  const auto head = layer->raw->peek(kHeadSize);
  if (!head) return content_failed(*layer, head.error());
  Identity identity = identify(*head, formats_);
  // A disc may be too large to be held, and nothing at its head says what it is.
  if (!identity.opens() && identity.ambiguous.empty() && layer->is_bundle &&
      layer->random->size() > limits().scan_bytes && TRY(has_iso_mark(*layer->random))) {
    identity = iso_identity(formats_);
  }
  if (!identity.ambiguous.empty()) {
    problem(malformed("ambiguous-type", identity.ambiguous), layer->member.path);
    summary_.complete = false;
  }
  if (!identity.opens()) {
    check_claim(*layer, "no archive");
    return visit_leaf(*layer, expected, {});
  }
  if (layer->depth >= limits().depth) {
    problem(undecided("limit-depth", fmt::format("depth {} is over the limit of {}",
                                                 layer->depth + 1, limits().depth)),
            layer->member.path);
    summary_.complete = false;
    const std::string_view type =
        identity.codec != nullptr ? identity.codec->name : identity.container->name;
    return visit_leaf(*layer, expected, type);
  }
  return enter(std::move(layer), identity);
}

/// The layer becomes the innermost; if it cannot be opened it is left at once.
Result<void> Walker::enter(LayerPtr layer, const Identity& identity) {
  const bool hashed = layer->reported && !is_spooled(*layer, identity, limits());
  const auto hash = hashed ? PassedStream::Hash::yes : PassedStream::Hash::no;
  layer->packed = std::make_unique<PassedStream>(*layer->raw, hash);
  ++layer->depth;
  layer->first_descendant = opened_.size();
  summary_.depth = std::max(summary_.depth, layer->depth);
  layers_.push_back(std::move(layer));
  Layer& inner = *layers_.back();
  const auto opened = open_layer(inner, identity, formats_, meter_, *pool_);
  if (summary_.format.empty()) summary_.format = inner.member.type;
  if (!opened) return layer_failed(opened.error());
  check_claim(inner, inner.member.type);
  return {};
}

/// What a container's format demands of a member. lzma is a known one we cannot open.
void Walker::check_claim(const Layer& layer, std::string_view type) {
  if (layer.must_be.empty() || layer.must_be == type) return;
  const std::string what = fmt::format("it is called {} and is {}", layer.must_be, type);
  const bool known = layer.must_be.ends_with(".lzma");
  problem(known ? undecided("unsupported-container", what) : malformed("corrupt-stream", what),
          layer.member.path);
  summary_.complete = false;
}

/// A large program needs no memory when somebody takes it as it passes.
Result<bool> Walker::let_pass(Layer& layer, std::uint64_t expected) {
  if (layer.is_bundle || expected < kPassageHead || expected > limits().scan_bytes) {
    return false;
  }
  const auto passage = visitor_.pass(expected);
  if (passage == nullptr || !may_pass(TRY(layer.raw->peek(kPassageHead)), expected)) {
    return false;
  }
  const bool whole = TRY(pass_by(*layer.raw, expected, *passage));
  layer.member.size = expected;
  layer.member.type = "elf";
  if (whole && passage->end(std::move(layer.member))) return true;
  return Error{.kind = Error::Kind::internal,
               .code = std::string(kMustHold),
               .what = "a member was not held that should have been"};
}

Result<void> Walker::visit_leaf(Layer& layer, std::uint64_t expected,
                                std::string_view known_type) {
  if (known_type.empty()) {
    const auto passed = let_pass(layer, expected);
    if (!passed) return content_failed(layer, passed.error());
    if (*passed) return {};
  }
  auto block = read_block(*layer.raw, expected, limits(), *pool_);
  if (!block) return content_failed(layer, block.error());
  if (layer.is_bundle) {
    const Bytes bytes = (*block)->bytes();
    summary_.ledger.member = bytes.size();
    // To most programs that is a tar without members.
    if (is_zero(bytes))
      problem(undecided("empty-bundle", "it is all zeros"), layer.member.path);
  }
  return give_leaf(std::move(layer.member), std::move(*block), known_type, layer.depth);
}

Result<void> Walker::give_leaf(Member member, std::shared_ptr<Block> block,
                               std::string_view type, std::uint64_t depth) {
  const Bytes bytes = block->bytes();
  const Sniff seen = type.empty() ? sniff_content(bytes) : Sniff{.type = type};
  member.size = bytes.size();
  member.type = seen.type;
  if (summary_.format.empty()) summary_.format = member.type;
  const bool twofold = type.empty() && ends_as_zip(bytes);
  const auto carried =
      type.empty() && !twofold ? carried_in(bytes, seen, formats_) : std::nullopt;
  const bool is_known =
      (twofold && is_zip_with_header(seen.type)) || (carried && carried->alone);
  if (seen.opaque && !is_known) {
    problem(undecided("unsupported-container", why_not_opened(seen.type, formats_)),
            member.path);
    summary_.complete = false;
  }
  const bool again = twofold || carried;
  const Member copy = again ? member : Member{};
  const std::shared_ptr<Block> kept = again ? block : nullptr;
  visitor_.leaf(std::move(member), pool_->hand_out(std::move(block)));
  if (carried) return open_carried(copy, kept, *carried, depth);
  return twofold ? second_reading(copy, kept, depth) : Result<void>{};
}

/// A leaf that ends as a zip is opened as one too: unpackers will.
Result<void> Walker::second_reading(const Member& member, std::shared_ptr<Block> block,
                                    std::uint64_t depth) {
  if (!is_zip_with_header(member.type)) {
    problem(malformed("ambiguous-type",
                      fmt::format("it begins as {} and ends as zip", member.type)),
            member.path);
  }
  const auto zip = std::ranges::find(formats_.containers, "zip", &Container::name);
  if (zip == formats_.containers.end() || depth >= limits().depth) {
    summary_.complete = false;
    return {};
  }
  const Bytes whole = block->bytes();
  return enter_again(member, std::move(block), whole, {.container = *zip}, depth);
}

/// What a leaf carries is opened under the leaf's own name.
Result<void> Walker::open_carried(const Member& member, std::shared_ptr<Block> block,
                                  const Carried& carried, std::uint64_t depth) {
  if (depth >= limits().depth) {
    problem(undecided("limit-depth", fmt::format("depth {} is over the limit of {}", depth + 1,
                                                 limits().depth)),
            member.path);
    summary_.complete = false;
    return {};
  }
  const Bytes part = block->bytes().subspan(carried.offset, carried.size);
  return enter_again(member, std::move(block), part, carried.identity, depth);
}

/// A part of a leaf that was given out becomes a layer.
Result<void> Walker::enter_again(const Member& member, std::shared_ptr<Block> block, Bytes part,
                                 const Identity& identity, std::uint64_t depth) {
  auto layer = std::make_unique<Layer>();
  layer->member = member;
  layer->depth = depth;
  layer->spool = std::move(block);
  layer->random = std::make_unique<MemoryAccess>(part);
  layer->content = std::make_unique<NoStream>();
  layer->raw = std::make_unique<HeadStream>(*layer->content);
  return enter(std::move(layer), identity);
}

/// A member whose content could not be had to its end. Its reader may go on behind
/// it; if it cannot, it will say so again, and that is not told twice.
Result<void> Walker::content_failed(Layer& layer, const Error& error) {
  if (!is_about_bundle(error)) return error;
  if (Meter::ends_walk(error)) {
    stop(error, layer.member.path);
    return {};
  }
  summary_.complete = false;
  Layer* const parent = layers_.empty() ? nullptr : layers_.back().get();
  if (parent == nullptr || parent->failure_below() == nullptr) {
    problem(error, layer.member.path);
    if (parent != nullptr) parent->last_failure = error.code;
  }
  if (layer.from_parent != nullptr) layer.member.size = layer.from_parent->size();
  visitor_.member(std::move(layer.member));
  return {};
}

/// The innermost container cannot go on: by its own fault, or because the one it
/// lies in broke under it. Either way its parent takes over.
Result<void> Walker::layer_failed(const Error& error) {
  if (!is_about_bundle(error)) return error;
  Layer& layer = *layers_.back();
  if (Meter::ends_walk(error)) {
    stop(error, layer.member.path);
    return {};
  }
  summary_.complete = false;
  if (layer.failure_below() == nullptr) {
    if (layer.last_failure != error.code) problem(error, layer.member.path);
    return leave(false);
  }
  const LayerPtr broken = std::move(layers_.back());
  layers_.pop_back();
  return content_failed(*broken, error);
}

/// Reads what is left of the container's own bytes, so that its digest is right.
/// True if its end was reached.
Result<bool> Walker::drain(Layer& layer, bool whole) {
  std::uint64_t left = 0;
  while (true) {
    const auto piece = layer.packed->next();
    if (!piece && !is_about_bundle(piece.error())) return piece.error();
    if (!piece && Meter::ends_walk(piece.error())) stop(piece.error(), layer.member.path);
    if (!piece) return false;
    if (piece->empty()) break;
    left += piece->size();
  }
  if (whole && left > 0) {
    problem(malformed("trailing-data", fmt::format("{} bytes follow its end", left)),
            layer.member.path);
    summary_.complete = false;
  }
  return true;
}

/// The innermost container is over; `whole` if its reader reached its end.
Result<void> Walker::leave(bool whole) {
  const LayerPtr layer = std::move(layers_.back());
  layers_.pop_back();
  if (layer->decoded != nullptr) layer->decoded->stop();
  if (whole) check_ledger(*layer);
  if (layer->is_bundle) summary_.ledger = layer->ledger();
  // A bundle's digest is the source's, and a zip was read by place, not in order.
  if (!layer->reported) {
    const bool streamed = layer->random == nullptr && whole;
    if (streamed) TRY(drain(*layer, whole));
    return check_end(*layer);
  }
  const bool drained = TRY(drain(*layer, whole));
  layer->member.size = layer->packed->size();
  if (drained) {
    layer->member.sha256 = layer->sha256();
    check_cycle(layer->member.sha256, layer->first_descendant, layer->member.path);
    opened_.push_back(layer->member.sha256);
  }
  TRY(check_end(*layer));
  layer->member.scanned = whole && drained;
  visitor_.member(std::move(layer->member));
  return {};
}

/// A container that ends as a zip, or has an ISO's mark in its place, is opened as one by
/// programs that look there first.
Result<void> Walker::check_end(const Layer& layer) {
  if (layer.member.type == "zip" || layer.packed == nullptr) return {};
  std::vector<std::byte> last;
  Bytes tail = layer.packed->tail();
  std::uint64_t size = layer.packed->size();
  if (layer.random != nullptr) {
    size = layer.random->size();
    last.resize(std::min(kTail, size));
    last.resize(TRY(layer.random->read_at(size - last.size(), last)));
    tail = last;
  }
  const bool iso = layer.packed->iso_mark() == "CD001";
  if (!iso && !container_ends_as_zip(tail, size)) return {};
  problem(malformed("ambiguous-type", fmt::format("it begins as {} and {}", layer.member.type,
                                                  iso ? "is an ISO 9660" : "ends as zip")),
          layer.member.path);
  summary_.complete = false;
  return {};
}

/// Bytes that no reader counted, and were read, are nobody's.
void Walker::check_ledger(const Layer& layer) {
  const auto checked = layer.check_ledger();
  if (checked) return;
  problem(checked.error(), layer.member.path);
  summary_.complete = false;
}

/// What was not reached, after a limit or behind a fault, is unknown.
void Walker::close_ledger() {
  Ledger& ledger = summary_.ledger;
  const std::uint64_t known =
      ledger.member + ledger.metadata + ledger.padding + ledger.signature;
  ledger.unknown = source_.size() - std::min(known, source_.size());
  if (!adds_up_to(ledger, source_.size())) ledger = {.unknown = source_.size()};
  if (ledger.unknown > 0) summary_.complete = false;
}

void Walker::stop(const Error& error, const std::string& member) {
  problem(error, member);
  summary_.complete = false;
  if (!layers_.empty() && layers_.front()->is_bundle) {
    summary_.ledger = layers_.front()->ledger();
  }
  // Inner layers read outer ones.
  while (!layers_.empty()) layers_.pop_back();
}

/// A container among whose descendants (from `first` on) its own digest is found.
void Walker::check_cycle(const std::string& sha256, std::size_t first,
                         const std::string& path) {
  const auto begin = opened_.begin() + static_cast<std::ptrdiff_t>(first);
  if (std::find(begin, opened_.end(), sha256) == opened_.end()) return;
  problem(malformed("recursion-cycle", "a container inside it is the same file"), path);
}

}  // namespace

Result<WalkSummary> walk(const Source& source, const Limits& limits, const Formats& formats,
                         Visitor& visitor) {
  return Walker(source, limits, formats, visitor).run();
}

}  // namespace assay
