// What must hold of every container. A new one is a target of a few lines.

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bundle/stream.h"
#include "bundle/testing.h"
#include "fuzz.h"
#include "pieces.h"

namespace assay::fuzz {

struct Listed {
  std::string name{};
  MemberKind kind = MemberKind::other;
  std::string content{};
  bool operator==(const Listed&) const = default;
};
using Listing = std::vector<Listed>;

/// The content of the current member, as far as `room` goes; takes what it is long.
inline std::optional<std::string> read_member(MemberReader& reader, const Entry& entry,
                                              std::size_t& room) {
  std::string content;
  while (true) {
    const auto piece = reader.read();
    if (!piece || piece->size() > room) return std::nullopt;
    if (piece->empty()) break;
    room -= piece->size();
    content += as_text(*piece);
  }
  expect(!entry.declared_size || entry.kind != MemberKind::file ||
             content.size() == *entry.declared_size,
         "a member that was read whole is as long as declared");
  return content;
}

/// Every member; nothing if the container cannot be read to its end.
inline std::optional<Listing> list(MemberReader& reader) {
  Listing listing;
  std::size_t room = kMost;
  while (true) {
    const auto entry = reader.next();
    if (!entry) return std::nullopt;
    if (!*entry) return listing;
    const Entry& it = **entry;
    if (it.encrypted) return std::nullopt;
    auto content = read_member(reader, it, room);
    if (!content) return std::nullopt;
    listing.push_back({it.name, it.kind, std::move(*content)});
  }
}

inline std::optional<Listing> list(const Container& container, std::string_view bytes,
                                   std::size_t piece) {
  Limits limits;
  limits.decoder_memory = 16U << 20;
  if (container.open_random != nullptr) {
    const MemoryAccess access(as_bytes(bytes));
    const auto reader = container.open_random(access, limits);
    return reader ? list(**reader) : std::nullopt;
  }
  Pieces from(bytes, piece);
  const auto reader = container.open_stream(from, limits);
  return reader ? list(**reader) : std::nullopt;
}

/// Any bytes: what can be listed lists the same in pieces, holds no more than its
/// bytes if nothing is packed, and ends where the file ends.
inline void try_container(const Container& container, std::string_view input, bool packs) {
  (void)container.matches(as_bytes(input.substr(0, 512)));
  const auto listing = list(container, input, input.size() + 1);
  if (!listing) return;
  expect(list(container, input, small_piece(input)) == listing, "pieces change nothing");
  expect(!list(container, std::string(input) + '\1', kMost), "nothing may follow the end");
  std::size_t total = 0;
  for (const Listed& it : *listing) total += it.content.size();
  expect(packs || total <= input.size(), "no byte is given twice");
}

/// A folder with a file, an empty one, one in a folder and a link, packed by the command.
inline std::string packed_folder(const std::string& command) {
  return testing::packed_by(
      "mkdir d && mv a d/ && ln -s d/a l && touch -d @1700000000 d/a b e d && " + command,
      {{"a", "first file\n"}, {"b", std::string(700, 'b')}, {"e", ""}});
}

}  // namespace assay::fuzz
