// Imported packs: packs of rules that came as bundles, each one file under assay's home, so
// that a reader sees the old pack or the new one and nothing between.
//
//   a line of canonical JSON: schema, name, serial, sha256, vendor, bundleSha256 and
//   files, of each its name and size; then the bytes of those files, in that order

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "scan/rules.h"

namespace assay {

struct ImportedPack {
  RulePack pack{};
  std::string sha256{};         ///< as RulePackInfo's
  std::string vendor{};         ///< who signed the bundle it came in
  std::string bundle_sha256{};  ///< and that bundle
};

/// What one may weigh, all its files together.
inline constexpr std::size_t kMaxPackBytes = std::size_t{64} << 20;

/// The endings of a pack's files.
inline constexpr std::string_view kPackEndings[] = {".yar", ".yara", "pack.toml"};

/// The pack that a bundle holds, of its files with those endings by their paths in it; where
/// pack.toml stands, it begins. Fails with config, "pack-malformed", when there is not one
/// pack.toml, a rule stands outside, a name is none for a file everywhere, or the serial
/// names no day until `now`.
Result<ImportedPack> pack_of_bundle(std::vector<RuleFile> files, Time now);

/// The file of a pack, and a pack of its file. Fails with config, "pack-altered", on anything
/// that imported_text() did not write.
std::string imported_text(const ImportedPack& pack);
Result<ImportedPack> read_imported(std::string_view text);

/// Whether a pack may take the place of one of its name. Fails with config: "pack-older" when
/// its serial is older, or the same over other files; "pack-vendor" when another vendor signed.
Result<void> check_replaces(const ImportedPack& next, const ImportedPack& installed);

}  // namespace assay
