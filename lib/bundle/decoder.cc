#include "bundle/decoder.h"

namespace assay {
namespace {

/// Large enough that calls cost nothing, small enough for the second-level cache.
constexpr std::size_t kChunk = std::size_t{512} << 10;

}  // namespace

Result<Bytes> Decoder::next() {
  if (chunk_ == nullptr) chunk_ = std::make_unique_for_overwrite<std::byte[]>(kChunk);
  std::size_t filled = 0;
  while (!failure_ && !ended_ && filled < kChunk) {
    const auto count = decode({chunk_.get() + filled, kChunk - filled});
    if (!count) {
      failure_ = count.error();
    } else {
      filled += *count;
    }
  }
  if (filled > 0) return Bytes(chunk_.get(), filled);
  if (failure_) return *failure_;
  TRY(expect_end());
  return Bytes{};
}

Result<Bytes> Decoder::input() {
  if (rest_.empty() && !exhausted_) {
    rest_ = TRY(packed_.next());
    exhausted_ = rest_.empty();
  }
  return rest_;
}

Result<void> Decoder::expect_end() {
  TRY(check_end());
  const std::string_view left = as_text(TRY(input()));
  if (left.empty()) return {};
  const std::string name(format_);
  return malformed("trailing-data", left.starts_with(magic_)
                                        ? "a second " + name + " member follows"
                                        : "bytes follow the end of the " + name + " stream");
}

Error Decoder::truncated() const {
  return malformed("truncated", "the " + std::string(format_) + " stream ends early");
}
Error Decoder::corrupt(std::string_view why) const {
  return malformed("corrupt-stream", std::string(format_) + ": " + std::string(why));
}
Error Decoder::unsupported(std::string_view why) const {
  return undecided("unsupported-feature", std::string(format_) + ": " + std::string(why));
}
Error Decoder::no_memory(std::string_view why) const {
  return undecided("limit-decoder-memory", std::string(format_) + ": " + std::string(why));
}

}  // namespace assay
