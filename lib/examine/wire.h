// The wire from worker to supervisor: an Examination as length-prefixed
// records. The worker may have been taken over by the bundle it read, so the
// reading side believes nothing: every count, length, word and order is
// checked, and text that a person reads comes from our own rules, not from it.
//
//   record = type:1 length:4 payload        integers little-endian
//   stream = Level Member* Kept* (Finding | Problem)* Summary End
//   Kept   = member:4 and a piece of its bytes, only where members are to be kept
//   End    = records before it:8, SHA-256 over all bytes before it:32

#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "examine/examiner.h"
#include "model/limits.h"
#include "scan/rules.h"

namespace assay {

/// The longest payload of one record.
inline constexpr std::size_t kMaxRecord = std::size_t{64} << 10;

/// The first record: how the worker is walled in, sent before it reads a byte
/// of the bundle.
std::string encode_level(std::string_view sandbox);

/// Everything after the Level record. `before` is what was sent already, for End's
/// count and digest cover the whole stream.
std::string encode_examination(const Examination& examination, std::string_view before);

/// The examination of a whole stream. Fails as `undecided`, code
/// "worker-protocol", on anything that is not exactly what an honest worker
/// with these rules and limits sends of a bundle of this size when it is to keep that.
Result<Examination> decode_examination(std::string_view stream, const RuleSet& rules,
                                       const Limits& limits, std::uint64_t bundle_size,
                                       const Keeping& keep = {});

}  // namespace assay
