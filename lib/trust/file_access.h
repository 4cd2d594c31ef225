// A signed file as the readers of the bundle room see it.

#pragma once

#include "bundle/format.h"
#include "trust/signature.h"

namespace assay {

/// Holds a reference: the file must outlive it.
class FileAccess final : public RandomAccess {
 public:
  explicit FileAccess(const SignedFile& file) : file_(file) {}
  std::uint64_t size() const override { return file_.size(); }
  Result<std::size_t> read_at(std::uint64_t offset,
                              std::span<std::byte> buffer) const override {
    return file_.read_at(offset, buffer);
  }

 private:
  const SignedFile& file_;
};

}  // namespace assay
