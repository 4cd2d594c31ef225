// OpenPGP packet headers (RFC 4880, section 4.2), for all who read packets.

#pragma once

#include <cstddef>
#include <optional>

#include "base/bytes.h"

namespace assay {

/// A length in one, two or five octets, sections 4.2.2 and 5.2.3.1.
struct OpenPgpLength {
  std::size_t width = 0;  ///< octets of the length itself
  std::size_t value = 0;
  bool is_part = false;  ///< of a first part, with more parts behind it
};

/// Nothing if `bytes` end too early. `parts`: a packet's, which may come in parts; those of
/// subpackets reach further in two octets instead.
std::optional<OpenPgpLength> read_openpgp_length(Bytes bytes, bool parts);

/// The first octets of a packet.
struct OpenPgpHeader {
  enum class Body { whole, in_parts, to_the_end };

  unsigned tag = 0;
  std::size_t size = 0;    ///< octets of the header
  std::size_t length = 0;  ///< of the body, or of its first part; 0 if it goes to the end
  Body body = Body::to_the_end;
};

/// Nothing if `bytes` begin with no header.
std::optional<OpenPgpHeader> read_openpgp_header(Bytes bytes);

}  // namespace assay
