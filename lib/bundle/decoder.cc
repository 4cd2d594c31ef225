#include "bundle/decoder.h"

namespace assay {

Result<std::size_t> Decoder::fill(std::span<std::byte> room) {
  std::size_t filled = 0;
  while (!failure_ && !ended_ && filled < room.size()) {
    const auto count = decode(room.subspan(filled));
    if (!count) {
      failure_ = count.error();
    } else {
      filled += *count;
    }
  }
  if (filled > 0) return filled;
  if (failure_) return *failure_;
  TRY(expect_end());
  return std::size_t{0};
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
