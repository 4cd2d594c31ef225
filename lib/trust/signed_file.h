// The SignedFiles there are: the bundle's snapshot, parts of it joined, and a sidecar
// in memory.

#pragma once

#include <map>
#include <string>
#include <vector>

#include "bundle/source.h"
#include "trust/signature.h"

namespace assay {

/// The snapshot. Holds a reference: the Source must outlive it. One thread only.
class SnapshotFile final : public SignedFile {
 public:
  explicit SnapshotFile(const Source& source) : source_(source) {}
  const std::string& name() const override { return source_.name(); }
  std::uint64_t size() const override;
  Result<std::vector<std::byte>> digest(HashAlgorithm algorithm) const override;
  Result<void> read(const std::function<void(Bytes)>& use) const override;
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> buffer) const override;
  Result<std::string> whole(std::uint64_t max_bytes) const override;

 private:
  const Source& source_;
  mutable std::map<HashAlgorithm, std::vector<std::byte>> digests_{};
};

/// Ranges of another file one behind the other, under its name. Holds a reference: the
/// file must outlive it. Each range must lie in it.
class JoinedFile final : public SignedFile {
 public:
  JoinedFile(const SignedFile& whole, std::span<const ByteRange> parts)
      : whole_(whole), parts_(parts.begin(), parts.end()) {}
  const std::string& name() const override { return whole_.name(); }
  std::uint64_t size() const override;
  Result<std::vector<std::byte>> digest(HashAlgorithm algorithm) const override;
  Result<void> read(const std::function<void(Bytes)>& use) const override;
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> buffer) const override;
  Result<std::string> whole(std::uint64_t max_bytes) const override;

 private:
  const SignedFile& whole_;
  std::vector<ByteRange> parts_;
};

/// A name and bytes. Holds a reference: the Sidecar must outlive it.
class MemoryFile final : public SignedFile {
 public:
  explicit MemoryFile(const Sidecar& sidecar) : sidecar_(sidecar) {}
  const std::string& name() const override { return sidecar_.name; }
  std::uint64_t size() const override;
  Result<std::vector<std::byte>> digest(HashAlgorithm algorithm) const override;
  Result<void> read(const std::function<void(Bytes)>& use) const override;
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> buffer) const override;
  Result<std::string> whole(std::uint64_t max_bytes) const override;

 private:
  const Sidecar& sidecar_;
};

}  // namespace assay
