#include "trust/signed_file.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.h"

namespace assay {
namespace {

constexpr std::size_t kPiece = std::size_t{1} << 20;

Error too_large(const SignedFile& file, std::uint64_t max_bytes) {
  return undecided("limit-whole-file-bytes",
                   fmt::format("'{}' is larger than the {} bytes a signature over the file "
                               "itself may cover",
                               printable(file.name()), max_bytes));
}

Result<void> read_pieces(const SignedFile& file, const std::function<void(Bytes)>& use) {
  std::vector<std::byte> buffer(kPiece);
  const std::uint64_t size = file.size();
  std::uint64_t offset = 0;
  while (offset < size) {
    const std::size_t n = TRY(file.read_at(offset, buffer));
    if (n == 0) return fail(Error::Kind::io, "the snapshot ends early");
    use(Bytes(buffer).first(n));
    offset += n;
  }
  return {};
}

Result<std::string> read_whole(const SignedFile& file, std::uint64_t max_bytes) {
  if (file.size() > max_bytes) return too_large(file, max_bytes);
  std::string content;
  content.reserve(file.size());
  TRY(file.read([&](Bytes piece) { content += as_text(piece); }));
  return content;
}

}  // namespace

std::uint64_t SnapshotFile::size() const {
  return source_.size();
}

Result<void> SnapshotFile::read(const std::function<void(Bytes)>& use) const {
  return read_pieces(*this, use);
}

Result<std::size_t> SnapshotFile::read_at(std::uint64_t offset,
                                          std::span<std::byte> buffer) const {
  return source_.read_at(offset, buffer);
}

Result<std::vector<std::byte>> SnapshotFile::digest(HashAlgorithm algorithm) const {
  const auto known = digests_.find(algorithm);
  if (known != digests_.end()) return known->second;
  std::vector<std::byte> value;
  if (algorithm == HashAlgorithm::sha256 || algorithm == HashAlgorithm::sha512) {
    const Subject& subject = source_.subject();
    const auto hex =
        from_hex(algorithm == HashAlgorithm::sha256 ? subject.sha256 : subject.sha512);
    if (!hex || hex->empty()) return fail(Error::Kind::internal, "the snapshot has no digest");
    value = *hex;
  } else {
    Hasher hasher(algorithm);
    TRY(read([&](Bytes piece) { hasher.update(piece); }));
    value = hasher.finish();
  }
  return digests_.emplace(algorithm, std::move(value)).first->second;
}

Result<std::string> SnapshotFile::whole(std::uint64_t max_bytes) const {
  return read_whole(*this, max_bytes);
}

std::uint64_t JoinedFile::size() const {
  std::uint64_t size = 0;
  for (const ByteRange& part : parts_) size += part.size;
  return size;
}

Result<std::size_t> JoinedFile::read_at(std::uint64_t offset,
                                        std::span<std::byte> buffer) const {
  for (const ByteRange& part : parts_) {
    if (offset < part.size) {
      const std::uint64_t left = part.size - offset;
      return whole_.read_at(part.offset + offset,
                            buffer.first(std::min<std::uint64_t>(left, buffer.size())));
    }
    offset -= part.size;
  }
  return std::size_t{0};
}

Result<void> JoinedFile::read(const std::function<void(Bytes)>& use) const {
  return read_pieces(*this, use);
}

Result<std::vector<std::byte>> JoinedFile::digest(HashAlgorithm algorithm) const {
  Hasher hasher(algorithm);
  TRY(read([&](Bytes piece) { hasher.update(piece); }));
  return hasher.finish();
}

Result<std::string> JoinedFile::whole(std::uint64_t max_bytes) const {
  return read_whole(*this, max_bytes);
}

std::uint64_t MemoryFile::size() const {
  return sidecar_.bytes.size();
}

Result<void> MemoryFile::read(const std::function<void(Bytes)>& use) const {
  use(as_bytes(sidecar_.bytes));
  return {};
}

Result<std::size_t> MemoryFile::read_at(std::uint64_t offset,
                                        std::span<std::byte> buffer) const {
  if (offset >= sidecar_.bytes.size()) return std::size_t{0};
  const Bytes rest = as_bytes(sidecar_.bytes).subspan(offset);
  const std::size_t size = std::min(rest.size(), buffer.size());
  std::ranges::copy(rest.first(size), buffer.begin());
  return size;
}

Result<std::vector<std::byte>> MemoryFile::digest(HashAlgorithm algorithm) const {
  return assay::digest(algorithm, as_bytes(sidecar_.bytes));
}

Result<std::string> MemoryFile::whole(std::uint64_t max_bytes) const {
  if (sidecar_.bytes.size() > max_bytes) return too_large(*this, max_bytes);
  return sidecar_.bytes;
}

}  // namespace assay
