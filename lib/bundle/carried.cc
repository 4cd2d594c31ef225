#include "bundle/carried.h"

#include <algorithm>
#include <array>

#include "bundle/pe_overlay.h"
#include "bundle/stream.h"
#include "bundle/stream_index.h"

namespace assay {
namespace {

using namespace std::string_view_literals;

constexpr std::uint64_t kIsoMark = 32769;
constexpr std::size_t kSignatureAlignment = 8;

/// The orders a 7z module finds in front of the archive (7-Zip's manual, "SFX modules").
std::size_t orders_in(std::string_view text) {
  constexpr std::string_view kBegin = ";!@Install@!UTF-8!"sv, kEnd = ";!@InstallEnd@!"sv;
  constexpr std::size_t kMost = 16384;
  const std::size_t mark = text.starts_with("\xef\xbb\xbf") ? 3 : 0;
  if (!text.substr(mark).starts_with(kBegin)) return 0;
  const std::size_t end = text.substr(0, kMost).find(kEnd);
  if (end == text.npos) return 0;
  const std::size_t size = end + kEnd.size();
  return is_utf8(text.substr(0, size)) ? size : 0;
}

/// Signers fill a program up with zeros before they put the signature behind it: without
/// them, where the archive says how long it is.
std::uint64_t size_without_fill(Bytes rest, std::string_view format) {
  std::uint64_t size = rest.size();
  if (format == "7z" && rest.size() >= 32) size = 32 + le64(rest, 12) + le64(rest, 20);
  if (format == "cab" && rest.size() >= 12) size = le32(rest, 8);
  const bool is_fill = size < rest.size() && rest.size() - size < kSignatureAlignment &&
                       is_zero(rest.subspan(size));
  return is_fill ? size : rest.size();
}

Identity container_at(Bytes bytes, const Formats& formats) {
  const Identity identity = identify(bytes.first(std::min(bytes.size(), kHeadSize)), formats);
  // A zip is told by its end (walk.cc); a packed stream behind a program has no known end.
  const bool opens = identity.ambiguous.empty() && identity.codec == nullptr &&
                     identity.container != nullptr && identity.container->name != "zip" &&
                     identity.container->open_random != nullptr;
  return opens ? identity : Identity{};
}

std::optional<Carried> behind_program(Bytes whole, const Formats& formats) {
  const Bytes overlay = pe_overlay(whole);
  if (overlay.empty()) return std::nullopt;
  const bool is_last = overlay.data() + overlay.size() == whole.data() + whole.size();
  const auto at = [&](std::size_t place, bool alone) -> std::optional<Carried> {
    const Bytes rest = overlay.subspan(place);
    const Identity identity = container_at(rest, formats);
    if (!identity.opens()) return std::nullopt;
    return Carried{
        .identity = identity,
        .offset = static_cast<std::uint64_t>(rest.data() - whole.data()),
        .size = is_last ? rest.size() : size_without_fill(rest, identity.container->name),
        .alone = alone && is_zero(pe_certificate_slack(whole))};
  };
  const std::string_view text = as_text(overlay);
  if (auto found = at(orders_in(text), true)) return found;
  constexpr std::array kMarks = {"7z\xbc\xaf\x27\x1c"sv, "MSCF\0\0\0\0"sv,
                                 "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"sv};
  for (const std::string_view mark : kMarks) {
    const std::size_t place = text.find(mark);
    if (place == text.npos) continue;
    if (auto found = at(place, false)) return found;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Carried> carried_in(Bytes whole, const Sniff& seen, const Formats& formats) {
  if (seen.type == "pe-sfx") return behind_program(whole, formats);
  const Identity identity = iso_identity(formats);
  if (seen.type != "iso" || !identity.opens()) return std::nullopt;
  return Carried{.identity = identity, .size = whole.size(), .alone = true};
}

Identity iso_identity(const Formats& formats) {
  const auto found = std::ranges::find(formats.containers, "iso"sv, &Container::name);
  return {.container = found == formats.containers.end() ? nullptr : *found};
}

Result<bool> has_iso_mark(const RandomAccess& bytes) {
  std::array<std::byte, 5> mark{};
  return TRY(bytes.read_at(kIsoMark, mark)) == mark.size() && as_text(mark) == "CD001";
}

}  // namespace assay
