// The two SignedFiles there are: the bundle's snapshot, and a sidecar in memory.

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
