#include "trust/embedded.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.h"
#include "trust/signed_file.h"

namespace assay {
namespace {

constexpr std::size_t kBytesMax = std::size_t{16} << 20;  // of one signature
constexpr std::size_t kSignaturesMax = 16;                // of one format

bool are_inside(const std::vector<ByteRange>& ranges, std::uint64_t size) {
  return std::ranges::all_of(ranges, [&](const ByteRange& range) {
    return range.offset <= size && range.size <= size - range.offset;
  });
}

/// The bytes of one signature, which are its format's to read.
Result<Sidecar> read_place(const SignedFile& bundle, const EmbeddedSignature& signature) {
  const bool inside = are_inside(signature.place, bundle.size()) &&
                      are_inside(signature.message, bundle.size()) &&
                      are_inside(signature.container, bundle.size());
  if (!inside) return malformed("truncated", "a signature speaks of bytes behind the end");
  const JoinedFile place(bundle, signature.place);
  if (place.size() > kBytesMax) {
    return undecided("limit-signature-bytes",
                     fmt::format("a signature in it has {} bytes, and {} are read",
                                 place.size(), kBytesMax));
  }
  return Sidecar{signature.name.empty() ? bundle.name() : bundle.name() + "!/" + signature.name,
                 TRY(place.whole(kBytesMax))};
}

Result<void> find_by(const EmbeddedFormat& format, const SignedFile& bundle,
                     FoundSignatures& found) {
  std::vector<EmbeddedSignature> signatures = TRY(format.find(bundle));
  if (signatures.size() > kSignaturesMax) {
    return undecided("limit-signatures", fmt::format("it holds {} signatures, and {} are read",
                                                     signatures.size(), kSignaturesMax));
  }
  for (EmbeddedSignature& one : signatures) {
    Sidecar bytes = TRY(read_place(bundle, one));
    found.signatures.push_back({&format, std::move(one), std::move(bytes)});
  }
  return {};
}

}  // namespace

Result<FoundSignatures> find_embedded(const SignedFile& bundle, const TrustFormats& formats) {
  FoundSignatures found;
  for (const EmbeddedFormat* format : formats.embedded) {
    auto done = find_by(*format, bundle, found);
    if (done) continue;
    const Error::Kind kind = done.error().kind;
    if (kind != Error::Kind::malformed && kind != Error::Kind::undecided) return done.error();
    found.faults.emplace_back(format, std::move(done.error()));
  }
  return found;
}

std::optional<std::uint64_t> uncovered_byte(std::vector<ByteRange> covered,
                                            std::uint64_t size) {
  std::ranges::sort(covered, {}, &ByteRange::offset);
  std::uint64_t end = 0;
  for (const ByteRange& range : covered) {
    if (range.offset > end) break;
    if (range.size > size - range.offset) return size;  // covers what is not there
    end = std::max(end, range.offset + range.size);
  }
  return end < size || covered.empty() ? std::optional(end) : std::nullopt;
}

std::optional<std::uint64_t> uncovered_byte(const EmbeddedSignature& signature,
                                            std::uint64_t size) {
  std::vector<ByteRange> all = signature.message;
  all.insert(all.end(), signature.place.begin(), signature.place.end());
  all.insert(all.end(), signature.container.begin(), signature.container.end());
  return uncovered_byte(std::move(all), size);
}

}  // namespace assay
