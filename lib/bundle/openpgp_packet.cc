#include "bundle/openpgp_packet.h"

namespace assay {
namespace {

/// Big-endian; nothing if there are fewer octets.
std::optional<std::size_t> number(Bytes bytes, std::size_t at, std::size_t width) {
  if (bytes.size() < at + width) return std::nullopt;
  std::size_t value = 0;
  for (const std::byte one : bytes.subspan(at, width)) {
    value = value << 8 | std::to_integer<std::size_t>(one);
  }
  return value;
}

/// The old form, section 4.2.1: the first octet says how wide the length is.
std::optional<OpenPgpHeader> old_header(Bytes bytes, std::size_t first) {
  OpenPgpHeader header{.tag = static_cast<unsigned>(first >> 2 & 0x0fU), .size = 1};
  if ((first & 3U) == 3) return header;
  const std::size_t width = std::size_t{1} << (first & 3U);
  const auto length = number(bytes, 1, width);
  if (!length) return std::nullopt;
  header.size += width;
  header.length = *length;
  header.body = OpenPgpHeader::Body::whole;
  return header;
}

}  // namespace

std::optional<OpenPgpLength> read_openpgp_length(Bytes bytes, bool parts) {
  const auto first = number(bytes, 0, 1);
  if (!first) return std::nullopt;
  if (*first < 192) return OpenPgpLength{.width = 1, .value = *first};
  if (*first == 255) {
    const auto length = number(bytes, 1, 4);
    return length ? std::optional(OpenPgpLength{.width = 5, .value = *length}) : std::nullopt;
  }
  if (*first >= 224 && parts) {
    return OpenPgpLength{
        .width = 1, .value = std::size_t{1} << (*first & 0x1fU), .is_part = true};
  }
  const auto second = number(bytes, 1, 1);
  if (!second) return std::nullopt;
  return OpenPgpLength{.width = 2, .value = ((*first - 192) << 8) + *second + 192};
}

std::optional<OpenPgpHeader> read_openpgp_header(Bytes bytes) {
  const auto first = number(bytes, 0, 1);
  if (!first || (*first & 0x80U) == 0) return std::nullopt;
  if ((*first & 0x40U) == 0) return old_header(bytes, *first);
  const auto length = read_openpgp_length(bytes.subspan(1), true);
  if (!length) return std::nullopt;
  return OpenPgpHeader{
      .tag = static_cast<unsigned>(*first & 0x3fU),
      .size = 1 + length->width,
      .length = length->value,
      .body = length->is_part ? OpenPgpHeader::Body::in_parts : OpenPgpHeader::Body::whole};
}

}  // namespace assay
