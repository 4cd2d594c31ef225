// Where the members of a deb(5) stand, by the headers of its ar archive alone: for
// whoever must know which bytes a signature inside it is over.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bundle/format.h"

namespace assay {

/// `head` is the first bytes of a file, 24 or more of them.
bool begins_as_deb(Bytes head);

/// True if `name` may be the member of that place, counted from 0: debian-binary,
/// control.tar*, data.tar*, and behind them what holds signatures.
bool is_deb_member(std::size_t place, std::string_view name);
/// What is wrong with a member that may not be in that place: it is there twice, or has
/// no business there.
Error stray_deb_member(std::size_t place, std::string_view name);
bool is_deb_signature(std::string_view name);  ///< "_gpgorigin"

/// A member's content.
struct DebMember {
  std::string name{};  ///< raw
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
};

struct DebIndex {
  std::vector<DebMember> members{};  ///< in their order, as far as headers can be followed
  /// Malformed: what is wrong with it as a deb; then nothing of the index may count.
  std::optional<Error> fault{};
};

/// Reads headers and padding, no content. Of anything else than a deb it is empty. Fails
/// with io.
Result<DebIndex> index_deb(const RandomAccess& bytes);

}  // namespace assay
