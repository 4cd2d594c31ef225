#include <algorithm>
#include <optional>

#include "bundle/inflate.h"
#include "bundle/openpgp_packet.h"
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

/// Nothing if it is not whole; of one in parts the first will do.
std::optional<Packet> read_packet(Bytes bytes) {
  const auto header = read_openpgp_header(bytes);
  if (!header) return std::nullopt;
  const Bytes behind = bytes.subspan(header->size);
  switch (header->body) {
    case OpenPgpHeader::Body::to_the_end: return Packet{header->tag, behind, {}};
    case OpenPgpHeader::Body::in_parts:
      return Packet{header->tag, behind.first(std::min(header->length, behind.size())), {}};
    case OpenPgpHeader::Body::whole: break;
  }
  if (header->length > behind.size()) return std::nullopt;
  return Packet{header->tag, behind.first(header->length), behind.subspan(header->length)};
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
