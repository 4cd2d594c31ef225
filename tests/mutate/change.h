// Every small change of a file: each bit, each length, each byte dropped,
// doubled, or followed by a NUL or a line feed. No two give the same bytes.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace assay::mutate {

struct Change {
  enum class Kind : std::uint8_t { flip, cut, drop, insert };
  Kind kind = Kind::flip;
  std::uint8_t value = 0;  ///< the bit, or the byte to insert
  std::uint32_t at = 0;    ///< the byte changed, or the length left
};

inline std::string applied(const Change& change, std::string bytes) {
  switch (change.kind) {
    case Change::Kind::flip:
      bytes[change.at] = static_cast<char>(bytes[change.at] ^ 1 << change.value);
      break;
    case Change::Kind::cut: bytes.resize(change.at); break;
    case Change::Kind::drop: bytes.erase(change.at, 1); break;
    case Change::Kind::insert:
      bytes.insert(change.at, 1, static_cast<char>(change.value));
      break;
  }
  return bytes;
}

/// In a run of equal bytes it does not matter which is dropped, or where another is
/// put: only the first counts. The last byte dropped is a cut.
inline std::vector<Change> changes_of(const std::string& bytes) {
  std::vector<Change> changes;
  const auto add = [&](Change::Kind kind, std::size_t at, int value = 0) {
    changes.push_back({kind, static_cast<std::uint8_t>(value), static_cast<std::uint32_t>(at)});
  };
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) add(Change::Kind::flip, at, bit);
    add(Change::Kind::cut, at);
    const int before = at == 0 ? -1 : static_cast<unsigned char>(bytes[at - 1]);
    const int here = static_cast<unsigned char>(bytes[at]);
    if (here != before) {
      if (at + 1 < bytes.size()) add(Change::Kind::drop, at);
      add(Change::Kind::insert, at, here);
    }
    for (const int value : {0x00, 0x0a}) {
      if (value != here && value != before) add(Change::Kind::insert, at, value);
    }
  }
  for (const int value : {0x00, 0x0a}) add(Change::Kind::insert, bytes.size(), value);
  return changes;
}

}  // namespace assay::mutate
