#include "bundle/stream_index.h"

#include <algorithm>

namespace assay {
namespace {

/// libarchive is never this far behind unless it reads another archive than we do.
constexpr std::size_t kAheadMax = 65536;

bool is_link(MemberKind kind) {
  return kind == MemberKind::symlink || kind == MemberKind::hardlink;
}

}  // namespace

Result<Bytes> StreamIndex::next() {
  const Bytes piece = TRY(from_.next());
  Bytes rest = piece;
  while (!rest.empty() && !fault_) {
    const auto used = step(rest);
    if (!used) {
      fault_ = used.error();
      break;
    }
    rest = rest.subspan(*used);
    place_ += *used;
  }
  return piece;
}

Result<void> StreamIndex::add(Entry entry, std::uint64_t content_at) {
  if (ahead_.size() == kAheadMax) return differs();
  ahead_.push_back({std::move(entry), content_at});
  return {};
}

Result<std::optional<std::uint64_t>> StreamIndex::agree(const Entry& seen) {
  if (fault_) return std::optional<std::uint64_t>{};
  if (ahead_.empty()) return differs();
  const Seen here = std::move(ahead_.front());
  ahead_.pop_front();
  const Entry& entry = here.entry;
  if (seen.name != entry.name || seen.kind != entry.kind || seen.mode != entry.mode ||
      seen.declared_size.value_or(0) != entry.declared_size.value_or(0) ||
      (is_link(entry.kind) && seen.link_target != entry.link_target)) {
    return differs();
  }
  return std::optional<std::uint64_t>(here.content_at);
}

Result<void> StreamIndex::finish() const {
  if (fault_) return *fault_;
  if (!ahead_.empty()) return differs();
  return check_end();
}

Error StreamIndex::corrupt(std::string_view why) const {
  return malformed("corrupt-stream", std::string(format_) + ": " + std::string(why));
}
Error StreamIndex::ambiguous(std::string_view why) const {
  return malformed("ambiguous-type", std::string(format_) + ": " + std::string(why));
}
Error StreamIndex::differs() const {
  return ambiguous("two readers see different members");
}

std::size_t leading_zeros(Bytes bytes) {
  return std::min(as_text(bytes).find_first_not_of('\0'), bytes.size());
}

}  // namespace assay
