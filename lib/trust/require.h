// Require: who must sign, as a vendor file says it:
//   "2 of [acme-release-*, acme-psirt as origin, 1 of [ci-a, ci-b]]"
// Names are those of the vendor's keys, '*' stands for any run; `as` asks for the role that
// a signature inside a deb is filed under. What is counted are operators: two keys in one
// hand are one voice.

#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "trust/key.h"

namespace assay {

/// Whose signature has a voice, and as what.
struct Named {
  std::string glob{};  ///< on key names
  std::string role{};  ///< "origin": a debsig signature's; empty: any signature will do
  bool operator==(const Named&) const = default;
};

/// `need` of `names` and `groups`. The zero value asks for more than there is.
struct Require {
  std::size_t need = 1;
  std::vector<Named> names{};
  std::vector<Require> groups{};

  /// "1 of [*]": any key of the vendor.
  static Require any() { return {.need = 1, .names = {{.glob = "*"}}}; }
  bool operator==(const Require&) const = default;
};

/// Fails as config, with what is wrong and near which word.
Result<Require> parse_require(std::string_view text);
std::string to_string(const Require& require);

/// Why `keys`, all of them signing, could not meet it: a name nobody has, a key that
/// would be counted in two places, more voices than there are. Empty if they could.
std::string why_unmeetable(const Require& require, std::span<const TrustedKey> keys);

/// A key that signed.
struct Voice {
  const TrustedKey* key = nullptr;  ///< never null
  /// Under which role of debsig; empty: none; nothing: what its format can have.
  std::optional<std::string> role{""};
};

/// How many voices `signers` have in it; met when `have` reaches `need`. An operator has one
/// voice, in the first place that names him.
struct Tally {
  std::size_t have = 0;
  std::size_t need = 1;
  std::set<std::string> operators{};  ///< who was counted
  bool met() const { return need > 0 && have >= need; }
};
Tally count_voices(const Require& require, std::span<const Voice> signers);

}  // namespace assay
