// Inspector: looks at a member as more than bytes. What it decodes is scanned once more,
// by the same rules, as if it stood in the member openly.

#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "model/evidence.h"

namespace assay {

class HiddenText;

/// View: something a member holds in another form.
struct View {
  std::string how{};         ///< "base64"; completes "It stands in the file as ..."
  std::string type{};        ///< as Member::type
  std::uint64_t offset = 0;  ///< in the member, where that form begins
  std::string owned{};       ///< its bytes, or
  Bytes borrowed{};          ///< those of the member
  bool is_facts = false;     ///< lines about the member (facts.h), which holds no such text

  Bytes bytes() const { return owned.empty() ? borrowed : as_bytes(owned); }
};

/// What inspectors share from member to member.
struct InspectorTools {
  const HiddenText& hidden;
};

/// Inspector: one row. Trusts no field of what it reads, bounds all it makes.
struct Inspector {
  std::string_view name;
  /// Adds what it sees. Fails as `undecided` when it could not look at everything.
  Result<void> (*inspect)(const InspectorTools& tools, const Member& member, Bytes content,
                          std::vector<View>& views);
  /// It reads tables of the member's own format only, and makes facts of them.
  bool reads_structure = false;
};

/// All of them, in the order in which they look.
std::span<const Inspector* const> inspectors();

/// A larger program of Linux is scanned as it stands, and not for what hides in it: such
/// are browsers' libraries, and walking through them would cost as much as unpacking them.
inline constexpr std::size_t kLargestElf = std::size_t{16} << 20;

/// One larger still is not held for its tables to be read either.
inline constexpr std::size_t kLargestHeldElf = std::size_t{64} << 20;

/// More views of one member are not looked at one by one.
inline constexpr std::size_t kViewsMax = 64;

/// What text is that somebody hid: it is there to be run.
std::string type_of_hidden(Bytes content);

}  // namespace assay
