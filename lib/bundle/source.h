// Source: the bundle's bytes, snapshotted. The file on disk may change, shrink
// or be swapped after open(); everybody judges the snapshot.

#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "base/bytes.h"
#include "base/error.h"
#include "base/fd.h"
#include "model/evidence.h"
#include "model/limits.h"

namespace assay {

class Source {
 public:
  /// Reads the file once into a sealed memfd (to 64 MiB) or an unlinked
  /// temporary file. Only a regular file is a bundle: a folder, FIFO, socket or
  /// device is refused with io and a hint; no such file is usage; a file that
  /// changes size or modification time while it is read is io
  /// ("changed while it was read"). Larger than limits.bundle_bytes: `undecided`,
  /// code limit-bundle-bytes.
  static Result<Source> open(const std::string& path, const Limits& limits);

  /// A bundle in memory, for tests.
  static Result<Source> from_bytes(std::string name, Bytes bytes);

  /// A snapshot that another process took, as the worker is given it; subject()
  /// then has name and size but no digests.
  static Source from_descriptor(Fd snapshot, std::string name, std::uint64_t size);

  /// The snapshot itself, to be handed to a worker; stays ours.
  int descriptor() const;

  const std::string& name() const;  ///< base name
  std::uint64_t size() const;

  /// The digests are computed beside the caller from open() on; the first call
  /// waits for them.
  const Subject& subject() const;

  /// Up to buffer.size() bytes at `offset`; fewer only at the end. Thread-safe.
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> buffer) const;

  Source(Source&&) noexcept;
  Source& operator=(Source&&) noexcept;
  ~Source();

 private:
  struct State;
  explicit Source(std::unique_ptr<State> state);
  /// Begins to take the digests; io if no thread can be had.
  static Result<Source> start(std::string name, Fd snapshot, std::uint64_t size);
  std::unique_ptr<State> state_;
};

}  // namespace assay
