#include "bundle/buffer.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>

namespace assay {
namespace {

/// Smaller blocks are left to malloc; larger ones would fault in fresh pages each time.
constexpr std::size_t kSpareMin = std::size_t{64} << 10;
constexpr std::size_t kSpareMax = std::size_t{96} << 20;
/// A thread pays from here on.
constexpr std::size_t kHashAheadMin = std::size_t{16} << 20;
constexpr std::size_t kFirst = std::size_t{16} << 10;

Error no_memory() {
  return undecided("limit-scan-bytes", "no memory to hold the member");
}

}  // namespace

std::string Content::sha256() const {
  return ahead_ != nullptr ? ahead_->finish() : sha256_hex(bytes_);
}
std::string Block::sha256() const {
  return ahead_ != nullptr ? ahead_->finish() : sha256_hex(bytes());
}

Block::~Block() {
  if (ahead_ != nullptr) ahead_->stop();
  pool_->give_back(data_, capacity_);
}

Result<void> Block::append(Bytes bytes) {
  if (bytes.size() > capacity_ - size_) {
    if (ahead_ != nullptr) ahead_->stop();  // the bytes move
    ahead_.reset();
    const std::size_t wanted = std::max(size_ + bytes.size(), capacity_ * 2);
    auto* const larger = static_cast<std::byte*>(std::realloc(data_, wanted));
    if (larger == nullptr) return no_memory();
    data_ = larger;
    capacity_ = wanted;
  }
  std::memcpy(data_ + size_, bytes.data(), bytes.size());
  size_ += bytes.size();
  if (ahead_ != nullptr) ahead_->advance(size_);
  return {};
}

/// Counts as handed out until the last copy of its Content is gone.
struct BufferPool::Ticket {
  Ticket(std::shared_ptr<BufferPool> from, std::shared_ptr<Block> held)
      : pool(std::move(from)), block(std::move(held)), size(block->bytes().size()) {}
  Ticket(const Ticket&) = delete;
  Ticket& operator=(const Ticket&) = delete;
  ~Ticket() {
    block.reset();
    {
      const std::lock_guard lock(pool->mutex_);
      pool->out_ -= size;
    }
    pool->room_.notify_one();
  }
  std::shared_ptr<BufferPool> pool;
  std::shared_ptr<Block> block;
  std::size_t size;
};

BufferPool::~BufferPool() {
  for (const Spare& spare : spares_) std::free(spare.data);
}

/// What is not handed out nobody gives back, so with nothing out there is no waiting.
void BufferPool::wait_for_room(Lock& lock, std::size_t wanted) {
  room_.wait(lock, [&] { return out_ == 0 || out_ + wanted <= most_; });
}

/// Takes it out of the list; its memory is the caller's.
BufferPool::Spare BufferPool::take_spare(std::size_t place) {
  const Spare spare = spares_[place];
  spares_[place] = spares_.back();
  spares_.pop_back();
  spare_bytes_ -= spare.capacity;
  return spare;
}

std::shared_ptr<Block> BufferPool::make_block(std::byte* data, std::size_t capacity,
                                              std::size_t expected) {
  auto block = std::make_shared<Block>(shared_from_this(), data, capacity);
  if (expected >= kHashAheadMin) block->hash_ahead();
  return block;
}

Result<std::shared_ptr<Block>> BufferPool::take(std::size_t expected) {
  std::size_t capacity = std::max(expected, kFirst);
  if (capacity >= kSpareMin) {
    Lock lock(mutex_);
    wait_for_room(lock, capacity);
    const auto found = std::ranges::find_if(
        spares_, [&](const Spare& spare) { return spare.capacity >= capacity; });
    if (found != spares_.end()) {
      const Spare spare = take_spare(static_cast<std::size_t>(found - spares_.begin()));
      return make_block(spare.data, spare.capacity, expected);
    }
    while (!spares_.empty() && out_ + spare_bytes_ + capacity > most_) {
      std::free(take_spare(0).data);
    }
    if (capacity < kHashAheadMin) capacity += capacity / 4;  // the next of this size will fit
  }
  auto* const data = static_cast<std::byte*>(std::malloc(capacity));
  if (data == nullptr) return no_memory();
  return make_block(data, capacity, expected);
}

Content BufferPool::hand_out(std::shared_ptr<Block> block) {
  const Bytes bytes = block->bytes();
  {
    Lock lock(mutex_);
    wait_for_room(lock, bytes.size());
    out_ += bytes.size();
  }
  auto ahead = block->hashed_ahead();
  return {std::make_shared<Ticket>(shared_from_this(), std::move(block)), bytes,
          std::move(ahead)};
}

void BufferPool::give_back(std::byte* data, std::size_t capacity) {
  if (capacity >= kSpareMin) {
    const std::lock_guard lock(mutex_);
    if (spare_bytes_ + capacity <= kSpareMax) {
      spares_.push_back({data, capacity});
      spare_bytes_ += capacity;
      return;
    }
  }
  std::free(data);
}

}  // namespace assay
