#include <algorithm>
#include <optional>

#include "bundle/inflate.h"
#include "bundle/weak_magic.h"

namespace assay {
namespace {

constexpr std::size_t kPacketsMax = 64;
constexpr std::size_t kSessionKeyMax = 4096;  // bytes of a packet that holds one

enum Tag : unsigned {
  kPublicKeySession = 1,
  kSymmetricSession = 3,
  kOnePass = 4,
  kCompressed = 8,
  kEncrypted = 9,
  kMarker = 10,
  kEncryptedChecked = 18,
  kEncryptedAead = 20,
};

struct Packet {
  unsigned tag = 0;
  Bytes body{};  ///< to the end of the bytes, or its first part, if its length is not known
  Bytes rest{};
};

unsigned byte_at(Bytes bytes, std::size_t at) {
  return std::to_integer<unsigned>(bytes[at]);
}

/// The packet of this header and length, or nothing if it is not whole.
std::optional<Packet> cut(Bytes bytes, unsigned tag, std::size_t header, std::size_t width) {
  if (bytes.size() < header + width) return std::nullopt;
  std::size_t length = 0;
  for (std::size_t i = 0; i < width; ++i) length = length << 8 | byte_at(bytes, header + i);
  const Bytes behind = bytes.subspan(header + width);
  if (length > behind.size()) return std::nullopt;
  return Packet{tag, behind.first(length), behind.subspan(length)};
}

std::optional<Packet> read_packet(Bytes bytes) {
  if (bytes.size() < 2 || (byte_at(bytes, 0) & 0x80U) == 0) return std::nullopt;
  const unsigned first = byte_at(bytes, 0);
  if ((first & 0x40U) == 0) {  // the old form
    const unsigned tag = first >> 2 & 0x0fU;
    const unsigned kind = first & 3U;
    if (kind == 3) return Packet{tag, bytes.subspan(1), {}};
    return cut(bytes, tag, 1, std::size_t{1} << kind);
  }
  const unsigned tag = first & 0x3fU;
  const unsigned length = byte_at(bytes, 1);
  if (length == 255) return cut(bytes, tag, 2, 4);
  if (length >= 224) {  // in parts, of which the first will do
    const std::size_t part = std::size_t{1} << (length & 0x1fU);
    return Packet{tag, bytes.subspan(2, std::min(part, bytes.size() - 2)), {}};
  }
  if (length < 192) return cut(bytes, tag, 1, 1);
  if (bytes.size() < 3) return std::nullopt;
  const std::size_t size = ((length - 192) << 8) + byte_at(bytes, 2) + 192;
  if (size > bytes.size() - 3) return std::nullopt;
  return Packet{tag, bytes.subspan(3, size), bytes.subspan(3 + size)};
}

bool is_session_key(const Packet& packet) {
  if (packet.body.size() < 4 || packet.body.size() > kSessionKeyMax) return false;
  const unsigned version = byte_at(packet.body, 0);
  const bool is_public = packet.tag == kPublicKeySession;
  return is_public ? version == 2 || version == 3 || version == 6
                   : version >= 4 && version <= 6;
}

/// What is compressed must begin with a packet again.
bool is_compressed(Bytes body) {
  if (body.size() < 8) return false;
  const Bytes packed = body.subspan(1);
  switch (byte_at(body, 0)) {
    case 1: {
      const auto first = first_inflated(packed);
      return first && (*first & 0x80U) != 0;
    }
    case 2: return begins_zlib(packed);
    case 3: return as_text(packed).starts_with("BZh");
    default: return false;
  }
}

}  // namespace

bool is_openpgp_message(Bytes whole) {
  bool has_key = false;
  for (std::size_t i = 0; i < kPacketsMax; ++i) {
    const auto packet = read_packet(whole);
    if (!packet) return false;
    switch (packet->tag) {
      case kPublicKeySession:
      case kSymmetricSession:
        if (!is_session_key(*packet)) return false;
        has_key = true;
        break;
      case kOnePass:
        if (packet->body.size() != 13 || byte_at(packet->body, 0) != 3) return false;
        break;
      case kMarker:
        if (as_text(packet->body) != "PGP") return false;
        break;
      case kCompressed: return is_compressed(packet->body);
      case kEncrypted:
      case kEncryptedChecked:
      case kEncryptedAead: return has_key;
      default: return false;
    }
    whole = packet->rest;
  }
  return false;
}

}  // namespace assay
