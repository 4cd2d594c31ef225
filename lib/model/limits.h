// Limits: how far an examination may go. Breaching one is a problem named
// after the field ("limit-depth"), INDETERMINATE, and never PASSED.

#pragma once

#include <cstdint>

namespace assay {

struct Limits {
  /// Size of the bundle file itself.                         limit-bundle-bytes
  std::uint64_t bundle_bytes = std::uint64_t{4} << 30;
  /// Bytes unpacked in all, every layer of nesting counted.  limit-total-bytes
  std::uint64_t total_bytes = std::uint64_t{16} << 30;
  /// Bytes of one member.                                    limit-member-bytes
  std::uint64_t member_bytes = std::uint64_t{2} << 30;
  /// Bytes of a member that can be scanned as one piece.     limit-scan-bytes
  std::uint64_t scan_bytes = std::uint64_t{256} << 20;
  /// Members at every depth together.                        limit-members
  std::uint64_t members = 200'000;
  /// Containers and codecs inside each other.                limit-depth
  std::uint64_t depth = 6;
  /// Unpacked to packed, once a stream has given 64 MiB.     limit-ratio
  std::uint64_t ratio = 1000;
  /// Bytes of one member's name.                             limit-name-bytes
  std::uint64_t name_bytes = 4096;
  /// Memory one decoder may ask for by its header.           limit-decoder-memory
  std::uint64_t decoder_memory = std::uint64_t{256} << 20;
  /// Seconds of wall clock for the whole examination.        limit-seconds
  std::uint64_t seconds = 900;
};

}  // namespace assay
