// RpmHeader: one header of an rpm (rpm-format, "Header"): an index of tags over a
// store of values, read so strictly that every byte of the store belongs to one tag.

#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"

namespace assay {

class RpmHeader {
 public:
  static constexpr std::size_t kIntro = 16;

  /// The lengths that the first kIntro bytes state. Fails if they are no header's.
  struct Lengths {
    std::uint32_t entries = 0;
    std::uint32_t store = 0;
    std::uint64_t body() const { return std::uint64_t{16} * entries + store; }
  };
  static Result<Lengths> read_intro(Bytes intro);

  /// Takes index and store. Fails as corrupt-stream unless a region of this tag covers
  /// all entries, no tag comes twice, and values lie in the store without overlap or gap.
  static Result<RpmHeader> parse(std::vector<std::byte> body, Lengths lengths,
                                 std::uint32_t region);

  Bytes store() const { return Bytes(body_).subspan(store_at_); }
  std::vector<std::uint32_t> tags() const;
  /// The strings of a tag; none if it is not there or holds something else.
  std::vector<std::string_view> texts(std::uint32_t tag) const;
  /// The only number of a tag, of 32 or 64 bits.
  std::optional<std::uint64_t> number(std::uint32_t tag) const;
  /// The numbers of a tag, of 16, 32 or 64 bits; none if it holds something else.
  std::vector<std::uint64_t> numbers(std::uint32_t tag) const;
  /// The bytes of a tag's value; empty if it is not there.
  Bytes value(std::uint32_t tag) const;

 private:
  struct Entry {
    std::uint32_t type = 0;
    std::uint32_t count = 0;
    std::size_t offset = 0;  ///< in the store
    std::size_t size = 0;
  };

  Result<void> read_region(std::uint32_t tag);
  Result<void> read_entry(Bytes row);
  Result<std::size_t> size_of(const Entry& entry) const;
  Result<void> check_places() const;

  std::vector<std::byte> body_{};
  std::size_t store_at_ = 0;
  std::map<std::uint32_t, Entry> entries_{};
};

}  // namespace assay
