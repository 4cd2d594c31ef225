// GGUF files (ggml, "GGUF", versions 2 and 3) by their tables: every value and tensor within
// the file, and nothing behind the last tensor. A chat template is a program in Jinja's
// language; one that reaches for Python's inner names leaves it.

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "scan/facts.h"

namespace assay {
namespace {

constexpr std::string_view kMagic = "GGUF";
constexpr std::uint64_t kMostRows = 1'000'000;  // values, tensors
constexpr std::uint64_t kAlignment = 32;        // unless the file says another
constexpr std::uint64_t kLargestAlignment = 1 << 20;
constexpr std::uint32_t kString = 8, kArray = 9, kTypes = 13, kDeepest = 4;
/// Bytes of a value by its type; 0 for strings and arrays.
constexpr std::uint64_t kWidths[kTypes] = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};

struct Block {
  std::uint32_t type;
  std::uint64_t values, bytes;
};
/// How many values of a tensor's type stand together in how many bytes (ggml.h).
constexpr Block kBlocks[] = {{0, 1, 4},      {1, 1, 2},      {2, 32, 18},    {3, 32, 20},
                             {6, 32, 22},    {7, 32, 24},    {8, 32, 34},    {9, 32, 36},
                             {10, 256, 84},  {11, 256, 110}, {12, 256, 144}, {13, 256, 176},
                             {14, 256, 210}, {15, 256, 292}, {16, 256, 66},  {17, 256, 74},
                             {18, 256, 98},  {19, 256, 50},  {20, 32, 18},   {21, 256, 110},
                             {22, 256, 82},  {23, 256, 136}, {24, 1, 1},     {25, 1, 2},
                             {26, 1, 4},     {27, 1, 8},     {28, 1, 8},     {29, 256, 56},
                             {30, 1, 2},     {34, 256, 54},  {35, 256, 66},  {39, 32, 17}};

constexpr std::string_view kWaysOut[] = {"__class__",    "__globals__", "__subclasses__",
                                         "__builtins__", "__import__",  "__mro__"};

/// Takes values off the front; what is not there is said once and for all.
class Cursor {
 public:
  explicit Cursor(Bytes bytes) : bytes_(bytes) {}

  std::uint64_t number(std::size_t size) {
    const Bytes taken = take(size);
    std::uint64_t value = 0;
    for (std::size_t i = taken.size(); i-- > 0;) {
      value = value << 8U | std::to_integer<std::uint64_t>(taken[i]);
    }
    return value;
  }
  std::string_view text() { return as_text(take(number(8))); }
  Bytes take(std::uint64_t size) {
    good_ = good_ && size <= bytes_.size() - at_;
    if (!good_) return {};
    const Bytes taken = bytes_.subspan(at_, size);
    at_ += size;
    return taken;
  }
  bool good() const { return good_; }
  void fail() { good_ = false; }
  std::uint64_t at() const { return at_; }

 private:
  Bytes bytes_;
  std::uint64_t at_ = 0;
  bool good_ = true;
};

class Reader {
 public:
  Reader(Bytes content, Facts& facts) : whole_(content), cursor_(content), facts_(facts) {}

  Result<void> run() {
    cursor_.take(kMagic.size());
    const std::uint64_t version = cursor_.number(4);
    if (version < 2 || version > 3) {
      return undecided("unsupported-feature", "a GGUF file of another version than 2 and 3");
    }
    const std::uint64_t tensors = cursor_.number(8), values = cursor_.number(8);
    if (tensors > kMostRows || values > kMostRows) cursor_.fail();
    for (std::uint64_t i = 0; i < values && cursor_.good(); ++i) read_value();
    for (std::uint64_t i = 0; i < tensors && cursor_.good(); ++i) TRY(read_tensor());
    if (!cursor_.good()) {
      facts_.add("has no header that can be read");
    } else {
      look_at_data();
    }
    return {};
  }

 private:
  void read_value() {
    const std::string_view key = cursor_.text();
    const auto type = static_cast<std::uint32_t>(cursor_.number(4));
    if (key == "general.alignment" && type == 4) {
      alignment_ = cursor_.number(4);
      if (alignment_ == 0 || alignment_ > kLargestAlignment) cursor_.fail();
      return;
    }
    const std::uint64_t before = cursor_.at();
    skip(type, 0);
    if (!cursor_.good() || key.find("chat_template") == std::string_view::npos) return;
    look_at_template(before);
  }

  void skip(std::uint32_t type, std::uint32_t depth) {
    if (type >= kTypes || depth > kDeepest) return cursor_.fail();
    if (type == kString) {
      (void)cursor_.text();
    } else if (type == kArray) {
      skip_array(depth);
    } else {
      cursor_.take(kWidths[type]);
    }
  }

  void skip_array(std::uint32_t depth) {
    const auto type = static_cast<std::uint32_t>(cursor_.number(4));
    const std::uint64_t count = cursor_.number(8);
    if (count > whole_.size()) return cursor_.fail();
    if (type < kTypes && kWidths[type] != 0) {
      cursor_.take(count * kWidths[type]);
      return;
    }
    for (std::uint64_t i = 0; i < count && cursor_.good(); ++i) skip(type, depth + 1);
  }

  void look_at_template(std::uint64_t begin) {
    const std::string_view text = as_text(whole_.subspan(begin, cursor_.at() - begin));
    for (const std::string_view word : kWaysOut) {
      if (text.find(word) != std::string_view::npos) {
        facts_.add("has a template that reaches for Python's inner names");
      }
    }
  }

  Result<void> read_tensor() {
    (void)cursor_.text();
    const std::uint64_t dimensions = cursor_.number(4);
    if (dimensions > 8) cursor_.fail();
    std::uint64_t values = 1;
    for (std::uint64_t i = 0; i < dimensions && cursor_.good(); ++i) {
      if (__builtin_mul_overflow(values, cursor_.number(8), &values)) cursor_.fail();
    }
    const auto type = static_cast<std::uint32_t>(cursor_.number(4));
    const std::uint64_t offset = cursor_.number(8);
    if (!cursor_.good()) return {};
    const auto* const block = std::ranges::find(kBlocks, type, &Block::type);
    if (block == std::end(kBlocks)) {
      return undecided("unsupported-feature",
                       "a GGUF tensor of a type this version does not know");
    }
    std::uint64_t bytes = 0, end = 0;
    if (values % block->values != 0 ||
        __builtin_mul_overflow(values / block->values, block->bytes, &bytes) ||
        __builtin_add_overflow(offset, bytes, &end)) {
      cursor_.fail();
      return {};
    }
    tensors_.emplace_back(offset, end);
    return {};
  }

  /// Each tensor begins at a multiple of the alignment; between them are zeros.
  void look_at_data() {
    const std::uint64_t table = (cursor_.at() + alignment_ - 1) / alignment_ * alignment_;
    const Bytes data = whole_.subspan(std::min<std::uint64_t>(table, whole_.size()));
    std::ranges::sort(tensors_);
    std::uint64_t at = 0;
    for (const auto& [begin, end] : tensors_) {
      if (end > data.size()) return facts_.add("has tensors beyond its end");
      if (begin < at) facts_.add("has tensors that share bytes");
      if (begin > at) look_at_gap(data.subspan(at, begin - at));
      at = std::max(at, end);
    }
    look_at_gap(data.subspan(at));
  }

  void look_at_gap(Bytes gap) {
    const bool is_zero =
        std::ranges::all_of(gap, [](std::byte byte) { return byte == std::byte{}; });
    if (gap.size() >= alignment_ || !is_zero) facts_.add("holds bytes of no tensor");
  }

  Bytes whole_;
  Cursor cursor_;
  Facts& facts_;
  std::uint64_t alignment_ = kAlignment;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> tensors_{};  ///< begin, end
};

Result<void> inspect(const InspectorTools&, const Member&, Bytes content,
                     std::vector<View>& views) {
  if (!as_text(content).starts_with(kMagic)) return {};
  Facts facts;
  TRY(Reader(content, facts).run());
  if (!facts.empty()) views.push_back(facts.view("model-facts", 0));
  return {};
}

}  // namespace

extern const Inspector gguf_inspector;
constinit const Inspector gguf_inspector = {"gguf", inspect, true};

}  // namespace assay
