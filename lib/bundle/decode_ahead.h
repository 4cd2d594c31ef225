// DecodeAhead: a codec at work on a thread of its own, a few chunks ahead of whoever
// reads them, so that neither waits while the other works.

#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "bundle/decoder.h"

namespace assay {

class PassedStream;

class DecodeAhead {
 public:
  /// A piece of the codec's output, and how far it had come with it: what is told of a
  /// bundle must not depend on how far the thread is ahead.
  struct Piece {
    Result<Bytes> bytes = Bytes{};
    Ledger ledger{};           ///< what the packed bytes used so far are
    std::uint64_t packed = 0;  ///< bytes the codec had been given
  };

  /// Both must outlive it.
  DecodeAhead(Decoder& decoder, const PassedStream& packed)
      : decoder_(decoder), packed_(packed) {}
  DecodeAhead(const DecodeAhead&) = delete;
  DecodeAhead& operator=(const DecodeAhead&) = delete;
  ~DecodeAhead() { stop(); }

  /// From here on the decoder and all it reads from are the thread's, until stop().
  /// Before, and where no thread can be had, next() does the work.
  void start();
  /// The next piece; its bytes are valid until the next call. Once they are empty or an
  /// error, they stay so.
  const Piece& next();
  /// Nothing is decoded any more, and next() must not be called.
  void stop();

 private:
  struct Chunk {
    std::unique_ptr<std::byte[]> room{};
    Piece piece{};
    std::exception_ptr thrown{};
    bool last = false;
  };
  /// Large enough that calls cost nothing, small enough for the second-level cache.
  static constexpr std::size_t kChunkSize = std::size_t{512} << 10;
  static constexpr std::size_t kAhead = 8;

  void run();
  void fill(Chunk& chunk) noexcept;
  Chunk& current() { return chunks_[read_ % chunks_.size()]; }

  Decoder& decoder_;
  const PassedStream& packed_;
  std::vector<Chunk> chunks_ = std::vector<Chunk>(1);
  std::mutex mutex_;
  std::condition_variable room_, work_;
  std::size_t filled_ = 0;  ///< chunks so far
  std::size_t read_ = 0;    ///< chunks that nobody needs any more
  bool lent_ = false;       ///< the current chunk's piece is being read
  bool over_ = false;
  std::thread thread_{};
};

}  // namespace assay
