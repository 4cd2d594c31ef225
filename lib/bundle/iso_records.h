// Directory records of a disc (ECMA-119 9.1), and what Rock Ridge writes into them (IEEE
// P1281 SUSP 1.12, P1282 RRIP 1.12).

#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "bundle/format.h"

namespace assay::iso {

inline constexpr std::uint64_t kBlock = 2048;

Error corrupt(std::string_view why);
Error unsupported(std::string_view why);

/// A number written in both orders of bytes. Fails as ambiguous-type where they differ.
Result<std::uint32_t> both16(Bytes bytes, std::size_t at);
Result<std::uint32_t> both32(Bytes bytes, std::size_t at);

struct Record {
  std::uint64_t offset = 0;  ///< of the content, in bytes
  std::uint64_t size = 0;
  bool is_directory = false;
  bool goes_on = false;  ///< the next record has more of the same file
  std::string name{};    ///< raw; "\0" and "\1" are the directory itself and the one above
  Bytes system_use{};
  bool is_self_or_parent() const { return name.size() == 1 && name[0] <= '\1'; }
};

/// The record at the head of `bytes`, which are as many as its first byte says. Fails as
/// malformed or undecided.
Result<Record> read_record(Bytes bytes);

/// What Rock Ridge says of a file.
struct RockRidge {
  std::string name{};
  std::optional<std::uint32_t> mode{};  ///< POSIX, with the kind
  std::string target{};                 ///< of a symbolic link
};

/// Gives the bytes of a continuation area and counts them.
using Continuation =
    std::function<Result<std::vector<std::byte>>(std::uint64_t offset, std::uint64_t size)>;

/// True if the root's own record says that there is such.
bool has_rock_ridge(Bytes system_use);

/// All of the system use field. Fails as malformed, or undecided for what is not known.
Result<RockRidge> read_rock_ridge(Bytes system_use, const Continuation& more);

}  // namespace assay::iso
