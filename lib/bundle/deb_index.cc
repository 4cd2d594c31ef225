#include "bundle/deb_index.h"

#include <algorithm>
#include <array>

#include "bundle/ar.h"

namespace assay {
namespace {

/// More than any package has: three, and sixteen signatures.
constexpr std::size_t kMembersMax = 64;
constexpr std::string_view kMagic = "!<arch>\ndebian-binary";
constexpr std::size_t kHeadSize = 24;

bool is_tar(std::string_view name, std::string_view stem) {
  if (!name.starts_with(stem)) return false;
  const std::string_view suffix = name.substr(stem.size());
  return suffix.empty() || suffix == ".gz" || suffix == ".xz" || suffix == ".zst" ||
         suffix == ".bz2" || suffix == ".lzma";
}

Error corrupt(std::string_view why) {
  return malformed("corrupt-stream", "deb: " + std::string(why));
}
Error truncated() {
  return malformed("truncated", "the ar archive ends early");
}

/// Fills `buffer`, or as much of it as there are bytes.
Result<Bytes> read_at(const RandomAccess& bytes, std::uint64_t offset,
                      std::span<std::byte> buffer) {
  std::size_t have = 0;
  while (have < buffer.size()) {
    const std::size_t count = TRY(bytes.read_at(offset + have, buffer.subspan(have)));
    if (count == 0) break;
    have += count;
  }
  return Bytes(buffer.first(have));
}

/// The member whose header stands at `offset`, and where the next one's does.
Result<DebMember> read_member(const RandomAccess& bytes, std::uint64_t& offset) {
  std::array<std::byte, kArHeaderSize> header{};
  const ArHeader parsed = TRY(parse_ar_header(TRY(read_at(bytes, offset, header))));
  offset += kArHeaderSize;
  DebMember member{.name = TRY(plain_ar_name(parsed.name)), .offset = offset};
  if (parsed.size > bytes.size() - offset) return truncated();
  member.size = parsed.size;
  offset += parsed.size;
  if (parsed.size % 2 == 0) return member;
  std::array<std::byte, 1> padding{};
  if (TRY(read_at(bytes, offset, padding)).empty()) return truncated();
  if (padding[0] != std::byte{'\n'})
    return corrupt("the padding between members is no newline");
  ++offset;
  return member;
}

/// What is wrong with the members, each well formed by itself.
std::optional<Error> fault_of(const std::vector<DebMember>& members) {
  for (std::size_t i = 0; i < members.size(); ++i) {
    const std::string& name = members[i].name;
    if (!is_deb_member(i, name)) return stray_deb_member(i, name);
    const auto first = std::ranges::find(members, name, &DebMember::name);
    if (first != members.begin() + static_cast<std::ptrdiff_t>(i)) {
      return malformed("duplicate-name",
                       "deb: two members are called '" + printable(name) + "'");
    }
  }
  if (members.size() < 3) return malformed("truncated", "deb: members are missing");
  return std::nullopt;
}

}  // namespace

bool begins_as_deb(Bytes head) {
  const std::string_view text = as_text(head);
  if (!text.starts_with(kMagic) || text.size() < kHeadSize) return false;
  const std::string_view rest = text.substr(kMagic.size(), 3);
  return rest == "   " || rest == "/  ";
}

bool is_deb_signature(std::string_view name) {
  return name.starts_with("_gpg");
}

bool is_deb_member(std::size_t place, std::string_view name) {
  switch (place) {
    case 0: return name == "debian-binary";
    case 1: return is_tar(name, "control.tar");
    case 2: return is_tar(name, "data.tar");
    default: return is_deb_signature(name);
  }
}

Error stray_deb_member(std::size_t place, std::string_view name) {
  const std::string which =
      "member " + std::to_string(place + 1) + " is '" + printable(name) + "'";
  for (std::size_t before = 0; before < std::min<std::size_t>(place, 3); ++before) {
    if (is_deb_member(before, name)) {
      return malformed("duplicate-name",
                       "deb: " + which + ", as member " + std::to_string(before + 1) + " is");
    }
  }
  return corrupt(which);
}

Result<DebIndex> index_deb(const RandomAccess& bytes) {
  DebIndex index;
  std::array<std::byte, kHeadSize> head{};
  if (!begins_as_deb(TRY(read_at(bytes, 0, head)))) return index;
  std::uint64_t offset = kArMagic.size();
  while (offset < bytes.size() && !index.fault) {
    if (index.members.size() == kMembersMax) {
      index.fault = corrupt("it has more members than a package");
      break;
    }
    auto member = read_member(bytes, offset);
    if (member) {
      index.members.push_back(std::move(*member));
    } else if (member.error().kind == Error::Kind::malformed) {
      index.fault = member.error();
    } else {
      return member.error();
    }
  }
  if (!index.fault) index.fault = fault_of(index.members);
  return index;
}

}  // namespace assay
