#include "bundle/iso_records.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "bundle/stream.h"
#include "bundle/stream_index.h"

namespace assay::iso {
namespace {

constexpr std::size_t kFixed = 33;  // of a record, in front of its name
constexpr std::size_t kAreasMax = 64;
constexpr std::size_t kHead = 4;  // of an entry: two letters, length, version

std::uint32_t be16(Bytes bytes, std::size_t at) {
  return std::to_integer<std::uint32_t>(bytes[at]) << 8 |
         std::to_integer<std::uint32_t>(bytes[at + 1]);
}

Error differs() {
  return malformed("ambiguous-type", "iso: a number is not the same in both orders of bytes");
}

/// One area of entries, and where it goes on.
struct Area {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
};

void add_component(unsigned flags, std::string_view text, bool joins, std::string& target) {
  if ((flags & 8U) != 0) {
    target = "/";
    return;
  }
  if (!target.empty() && target.back() != '/' && !joins) target += '/';
  if ((flags & 2U) != 0) target += '.';
  if ((flags & 4U) != 0) target += "..";
  target += text;
}

/// SL: the parts of a link's target.
Result<void> read_link(Bytes data, bool& joins, std::string& target) {
  if (data.empty()) return corrupt("a link has no target");
  for (Bytes rest = data.subspan(1); !rest.empty();) {
    if (rest.size() < 2) return corrupt("a link's target is cut off");
    const auto flags = std::to_integer<unsigned>(rest[0]);
    const auto size = std::to_integer<std::size_t>(rest[1]);
    if (size > rest.size() - 2 || (flags & 0xf0U) != 0) {
      return corrupt("a link's target is cut off");
    }
    add_component(flags, as_text(rest.subspan(2, size)), joins, target);
    joins = (flags & 1U) != 0;
    rest = rest.subspan(2 + size);
  }
  return {};
}

bool is_harmless(std::string_view name) {
  constexpr std::array<std::string_view, 6> kSaysNothing = {"SP", "RR", "TF", "ER", "PD", "ES"};
  return std::ranges::find(kSaysNothing, name) != kSaysNothing.end();
}

class Entries {
 public:
  Result<std::optional<Area>> read(Bytes bytes) {
    std::optional<Area> next;
    while (bytes.size() >= kHead) {
      const std::string_view name = as_text(bytes.first(2));
      const auto size = std::to_integer<std::size_t>(bytes[2]);
      if (name[0] == '\0') break;
      if (size < kHead || size > bytes.size())
        return corrupt("an entry of Rock Ridge is cut off");
      const Bytes data = bytes.subspan(kHead, size - kHead);
      bytes = bytes.subspan(size);
      if (name == "ST") break;
      if (name == "CE") {
        if (next || data.size() != 24) return corrupt("an entry of Rock Ridge is cut off");
        next =
            Area{TRY(both32(data, 0)) * kBlock + TRY(both32(data, 8)), TRY(both32(data, 16))};
      } else {
        TRY(take(name, data));
      }
    }
    if (is_zero(bytes)) return next;
    return malformed("unaccounted-bytes", "iso: bytes stand behind what Rock Ridge says");
  }

  RockRidge found{};

 private:
  Result<void> take(std::string_view name, Bytes data) {
    if (name == "NM" && !data.empty() && (std::to_integer<unsigned>(data[0]) & 0xfeU) == 0) {
      found.name += as_text(data.subspan(1));
      return {};
    }
    if (name == "PX" && data.size() >= 8) {
      found.mode = TRY(both32(data, 0));
      return {};
    }
    if (name == "SL") return read_link(data, joins_, found.target);
    if (is_harmless(name)) return {};
    return unsupported(fmt::format("its entry {} of Rock Ridge", printable(name)));
  }

  bool joins_ = false;
};

}  // namespace

Error corrupt(std::string_view why) {
  return malformed("corrupt-stream", fmt::format("iso: {}", why));
}
Error unsupported(std::string_view why) {
  return undecided("unsupported-feature", fmt::format("iso: {}", why));
}

Result<std::uint32_t> both16(Bytes bytes, std::size_t at) {
  const std::uint32_t value = le16(bytes, at);
  if (value != be16(bytes, at + 2)) return differs();
  return value;
}

Result<std::uint32_t> both32(Bytes bytes, std::size_t at) {
  const std::uint32_t value = le32(bytes, at);
  if (value != (be16(bytes, at + 4) << 16 | be16(bytes, at + 6))) return differs();
  return value;
}

Result<Record> read_record(Bytes bytes) {
  if (bytes.size() <= kFixed) return corrupt("a record is cut off");
  const auto name_size = std::to_integer<std::size_t>(bytes[32]);
  const std::size_t name_end = kFixed + name_size + (name_size % 2 == 0 ? 1 : 0);
  if (name_size == 0 || name_end > bytes.size()) return corrupt("a record is cut off");
  const auto flags = std::to_integer<unsigned>(bytes[25]);
  if (bytes[1] != std::byte{0} || bytes[26] != std::byte{0} || bytes[27] != std::byte{0} ||
      (flags & 0x7cU) != 0 || TRY(both16(bytes, 28)) > 1) {
    return unsupported("a file with attributes, in pieces, or on another disc");
  }
  if (!is_zero(bytes.first(name_end).subspan(kFixed + name_size))) {
    return corrupt("bytes stand behind a name");
  }
  Record record{.is_directory = (flags & 2U) != 0, .goes_on = (flags & 0x80U) != 0};
  record.offset = TRY(both32(bytes, 2)) * kBlock;
  record.size = TRY(both32(bytes, 10));
  record.name = as_text(bytes.subspan(kFixed, name_size));
  record.system_use = bytes.subspan(name_end);
  return record;
}

bool has_rock_ridge(Bytes system_use) {
  return as_text(system_use).starts_with(std::string_view("SP\x07\x01\xbe\xef\0", 7));
}

Result<RockRidge> read_rock_ridge(Bytes system_use, const Continuation& more) {
  Entries entries;
  auto next = TRY(entries.read(system_use));
  for (std::size_t areas = 0; next; ++areas) {
    if (areas == kAreasMax || next->size > kBlock) return corrupt("Rock Ridge goes on and on");
    const auto area = TRY(more(next->offset, next->size));
    next = TRY(entries.read(area));
  }
  return std::move(entries.found);
}

}  // namespace assay::iso
