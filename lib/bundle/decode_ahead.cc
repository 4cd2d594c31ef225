#include "bundle/decode_ahead.h"

#include <system_error>

#include "bundle/meter.h"

namespace assay {

void DecodeAhead::start() {
  chunks_.resize(kAhead);
  try {
    thread_ = std::thread([this] { run(); });
  } catch (const std::system_error&) {
    chunks_.resize(1);  // next() is slower then, and gives the same
  }
}

void DecodeAhead::run() {
  std::unique_lock lock(mutex_);
  for (bool last = false; !last; ++filled_, work_.notify_one()) {
    room_.wait(lock, [this] { return over_ || filled_ - read_ < chunks_.size(); });
    if (over_) return;
    Chunk& chunk = chunks_[filled_ % chunks_.size()];
    lock.unlock();
    fill(chunk);
    last = chunk.last;
    lock.lock();
  }
}

/// Whatever is thrown belongs to the one who reads.
void DecodeAhead::fill(Chunk& chunk) noexcept {
  try {
    if (chunk.room == nullptr) {
      chunk.room = std::make_unique_for_overwrite<std::byte[]>(kChunkSize);
    }
    const std::span<std::byte> room(chunk.room.get(), kChunkSize);
    const auto count = decoder_.fill(room);
    chunk.last = !count || *count == 0;
    chunk.piece.bytes = count ? Result<Bytes>(room.first(*count)) : count.error();
    chunk.piece.ledger = decoder_.ledger();
    chunk.piece.packed = packed_.size();
  } catch (...) {
    chunk.last = true;
    chunk.thrown = std::current_exception();
  }
}

const DecodeAhead::Piece& DecodeAhead::next() {
  std::unique_lock lock(mutex_);
  if (lent_ && !current().last) {
    ++read_;
    room_.notify_one();
    lent_ = false;
  }
  if (thread_.joinable()) {
    work_.wait(lock, [this] { return filled_ > read_; });
  } else if (!lent_) {
    fill(current());
    ++filled_;
  }
  lent_ = true;
  if (current().thrown != nullptr) std::rethrow_exception(current().thrown);
  return current().piece;
}

void DecodeAhead::stop() {
  {
    const std::lock_guard lock(mutex_);
    over_ = true;
  }
  room_.notify_one();
  if (thread_.joinable()) thread_.join();
}

}  // namespace assay
