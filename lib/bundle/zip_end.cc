// Whether something else than a zip ends as one: many programs look at the end first.

#include <algorithm>

#include "bundle/zip_records.h"

namespace assay {
namespace {

using namespace zip;

bool is_central(Bytes bytes, std::uint64_t at) {
  return bytes.size() >= kCentralSize && at <= bytes.size() - kCentralSize &&
         le32(bytes, at) == kCentralSignature;
}

bool has_locator(Bytes bytes, std::size_t end_at) {
  return end_at >= kLocator64Size &&
         le32(bytes, end_at - kLocator64Size) == kLocator64Signature;
}

/// True if `claims` holds for the place of an end record that programs would find.
template <class Claims>
bool any_end(Bytes bytes, const Claims& claims) {
  const std::size_t from = bytes.size() - std::min(bytes.size(), kEndSize + kCommentMax);
  const std::string_view text = as_text(bytes);
  for (std::size_t at = text.find(kEndMagic, from); at != std::string_view::npos;
       at = text.find(kEndMagic, at + 1)) {
    if (at + kEndSize <= bytes.size() && claims(at)) return true;
  }
  return false;
}

}  // namespace

bool ends_as_zip(Bytes whole) {
  const auto claims = [&](std::size_t at) {
    const std::size_t size = le32(whole, at + 12);
    const std::size_t offset = le32(whole, at + 16);
    return has_locator(whole, at) || (size <= at && is_central(whole, at - size)) ||
           is_central(whole, offset);
  };
  return any_end(whole, claims);
}

bool container_ends_as_zip(Bytes tail, std::uint64_t size) {
  const std::uint64_t before = size - tail.size();
  const auto claims = [&](std::size_t at) {
    if (at + kEndSize + le16(tail, at + 20) != tail.size()) return false;
    const std::uint64_t directory = le32(tail, at + 12);
    const std::uint64_t offset = le32(tail, at + 16);
    const std::uint64_t count = le16(tail, at + 10);
    if (has_locator(tail, at) || (directory <= at && is_central(tail, at - directory))) {
      return true;
    }
    if (offset >= before) return is_central(tail, offset - before);
    // Its directory is out of sight: the record must speak for itself.
    return directory > at && directory >= count * kCentralSize &&
           directory + offset <= before + at;
  };
  return any_end(tail, claims);
}

}  // namespace assay
