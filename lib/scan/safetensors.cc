// Safetensors files by their header (safetensors, "Format"): a length of eight bytes, JSON that
// says which bytes behind it each tensor has, and those bytes, each once. A file that keeps to
// this is data; what it says otherwise, or holds beside it, a loader may take for anything.

#include <algorithm>
#include <optional>
#include <utility>

#include "base/json.h"
#include "scan/facts.h"

namespace assay {
namespace {

constexpr std::size_t kLength = 8;
constexpr std::uint64_t kLargestHeader = 100'000'000;  // what the format allows
constexpr std::size_t kLargestRead = std::size_t{16} << 20;
constexpr std::string_view kEnding = ".safetensors";
constexpr const char* kNoTable = "has no header that can be read";

struct Type {
  std::string_view name;
  std::uint64_t bits;
};
constexpr Type kTypes[] = {{"BOOL", 8},    {"U8", 8},      {"I8", 8},      {"F8_E5M2", 8},
                           {"F8_E4M3", 8}, {"F8_E8M0", 8}, {"I16", 16},    {"U16", 16},
                           {"F16", 16},    {"BF16", 16},   {"I32", 32},    {"U32", 32},
                           {"F32", 32},    {"F64", 64},    {"I64", 64},    {"U64", 64},
                           {"C64", 64},    {"F4", 4},      {"F6_E2M3", 6}, {"F6_E3M2", 6}};

using Range = std::pair<std::uint64_t, std::uint64_t>;

std::optional<std::uint64_t> count_of(const Json& value) {
  const std::int64_t* const number = value.integer();
  if (number == nullptr || *number < 0) return std::nullopt;
  return static_cast<std::uint64_t>(*number);
}

/// The bytes that a shape of this type takes; nothing for what cannot be.
std::optional<std::uint64_t> bytes_of(const Json* type, const Json* shape) {
  if (type == nullptr || type->string() == nullptr || shape == nullptr) return std::nullopt;
  const auto known = std::ranges::find(kTypes, std::string_view(*type->string()), &Type::name);
  const Json::Array* const sizes = shape->array();
  if (known == std::end(kTypes) || sizes == nullptr) return std::nullopt;
  std::uint64_t bits = known->bits;
  for (const Json& size : *sizes) {
    const auto count = count_of(size);
    if (!count || __builtin_mul_overflow(bits, *count, &bits)) return std::nullopt;
  }
  return bits % 8 == 0 ? std::optional(bits / 8) : std::nullopt;
}

/// The place of a tensor, if its size is that of its shape.
std::optional<Range> range_of(const Json& tensor) {
  const Json* const offsets = tensor.find("data_offsets");
  const Json::Array* const pair = offsets == nullptr ? nullptr : offsets->array();
  if (pair == nullptr || pair->size() != 2) return std::nullopt;
  const auto begin = count_of(pair->front()), end = count_of(pair->back());
  const auto bytes = bytes_of(tensor.find("dtype"), tensor.find("shape"));
  if (!begin || !end || !bytes || *end < *begin || *end - *begin != *bytes) return std::nullopt;
  return Range(*begin, *end);
}

/// Whether the tensors take all bytes, each once.
void look_at_ranges(std::vector<Range> ranges, std::uint64_t size, Facts& facts) {
  std::ranges::sort(ranges);
  std::uint64_t at = 0;
  for (const auto& [begin, end] : ranges) {
    if (begin < at) facts.add("has tensors that share bytes");
    if (begin > at) facts.add("holds bytes of no tensor");
    at = std::max(at, end);
  }
  if (at > size) facts.add("has tensors beyond its end");
  if (at < size) facts.add("holds bytes of no tensor");
}

void look_at_table(const Json& table, std::uint64_t size, Facts& facts) {
  const Json::Object* const tensors = table.object();
  if (tensors == nullptr) return facts.add(kNoTable);
  std::vector<Range> ranges;
  for (const auto& [name, tensor] : *tensors) {
    if (name == "__metadata__") continue;
    const auto range = range_of(tensor);
    if (!range) return facts.add("has a tensor whose size is not that of its shape");
    ranges.push_back(*range);
  }
  look_at_ranges(std::move(ranges), size, facts);
}

std::uint64_t header_length(Bytes content) {
  std::uint64_t length = 0;
  for (std::size_t i = kLength; i-- > 0;) {
    length = length << 8U | std::to_integer<std::uint64_t>(content[i]);
  }
  return length;
}

/// By its name, which what was decoded from it has, too, or by a header that fits and speaks
/// of tensors.
bool is_safetensors(const Member& member, Bytes content) {
  const bool is_whole = member.size == 0 || member.size == content.size();
  if (is_whole && member.path.ends_with(kEnding)) return true;
  if (content.size() < kLength + 2 || as_text(content)[kLength] != '{') return false;
  const std::uint64_t length = header_length(content);
  if (length > content.size() - kLength) return false;
  const std::string_view header =
      as_text(content).substr(kLength, std::min<std::uint64_t>(length, 65'536));
  return header.find("\"data_offsets\"") != std::string_view::npos;
}

Result<void> inspect(const InspectorTools&, const Member& member, Bytes content,
                     std::vector<View>& views) {
  if (!is_safetensors(member, content)) return {};
  Facts facts;
  const std::uint64_t length = content.size() < kLength ? 0 : header_length(content);
  if (length < 2 || length > kLargestHeader || length > content.size() - kLength) {
    facts.add(kNoTable);
  } else if (length > kLargestRead) {
    return undecided("scan-incomplete", "a safetensors header of more than 16 MiB");
  } else {
    const auto table =
        Json::parse(as_text(content).substr(kLength, length), {.max_bytes = kLargestRead});
    if (!table) facts.add(kNoTable);
    if (table) look_at_table(*table, content.size() - kLength - length, facts);
  }
  if (!facts.empty()) views.push_back(facts.view("model-facts", 0));
  return {};
}

}  // namespace

extern const Inspector safetensors_inspector;
constinit const Inspector safetensors_inspector = {"safetensors", inspect, true};

}  // namespace assay
