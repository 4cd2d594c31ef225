// BufferPool: the memory members are read into. It bounds what is under way
// between walker and scanner, and keeps large blocks for the next member.

#pragma once

#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "bundle/hash_ahead.h"
#include "bundle/walk.h"

namespace assay {

class BufferPool;

/// Block: memory that was never zeroed; goes back to its pool.
class Block {
 public:
  Block(std::shared_ptr<BufferPool> pool, std::byte* data, std::size_t capacity)
      : pool_(std::move(pool)), data_(data), capacity_(capacity) {}
  Block(const Block&) = delete;
  Block& operator=(const Block&) = delete;
  ~Block();

  /// Fails as limit-scan-bytes when the machine has no more memory.
  Result<void> append(Bytes bytes);
  Bytes bytes() const { return {data_, size_}; }
  /// Lower-case hex. Once, and after the last append().
  std::string sha256() const;

  /// From now on the bytes are hashed while they are appended.
  void hash_ahead() { ahead_ = std::make_shared<HashAhead>(data_); }
  /// Null when it was not asked for, or the block outgrew its room.
  const std::shared_ptr<HashAhead>& hashed_ahead() const { return ahead_; }

 private:
  std::shared_ptr<BufferPool> pool_;
  std::byte* data_;
  std::size_t capacity_;
  std::size_t size_ = 0;
  std::shared_ptr<HashAhead> ahead_{};
};

class BufferPool : public std::enable_shared_from_this<BufferPool> {
 public:
  /// At most `most` bytes are handed out, being filled or spare at a time, or one larger
  /// piece alone.
  explicit BufferPool(std::size_t most) : most_(most) {}
  BufferPool(const BufferPool&) = delete;
  BufferPool& operator=(const BufferPool&) = delete;
  ~BufferPool();

  /// An empty block with room for `expected` bytes; grows beyond. Waits while too much
  /// is handed out.
  Result<std::shared_ptr<Block>> take(std::size_t expected);

  /// The block as Content for the visitor; waits until there is room. The walker
  /// may keep the block: only the Content counts as handed out.
  Content hand_out(std::shared_ptr<Block> block);

 private:
  friend class Block;
  struct Ticket;
  using Lock = std::unique_lock<std::mutex>;
  struct Spare {
    std::byte* data;
    std::size_t capacity;
  };
  void wait_for_room(Lock& lock, std::size_t wanted);
  Spare take_spare(std::size_t place);
  std::shared_ptr<Block> make_block(std::byte* data, std::size_t capacity,
                                    std::size_t expected);
  void give_back(std::byte* data, std::size_t capacity);

  const std::size_t most_;
  std::mutex mutex_;
  std::condition_variable room_;
  std::size_t out_ = 0;
  std::size_t spare_bytes_ = 0;
  std::vector<Spare> spares_{};
};

}  // namespace assay
