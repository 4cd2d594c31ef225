#include "bundle/hash_ahead.h"

#include <system_error>

namespace assay {

HashAhead::HashAhead(const std::byte* begin) : begin_(begin) {
  try {
    thread_ = std::thread([this] { run(); });
  } catch (const std::system_error&) {
    return;  // finish() is slower then, and says the same
  }
}

void HashAhead::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    more_.wait(lock, [this] { return over_ || size_ > done_; });
    if (over_) return;
    const std::size_t size = size_;
    lock.unlock();
    hasher_.update({begin_ + done_, size - done_});
    done_ = size;
    lock.lock();
  }
}

void HashAhead::advance(std::size_t size) {
  {
    const std::lock_guard lock(mutex_);
    size_ = size;
  }
  more_.notify_one();
}

void HashAhead::stop() {
  {
    const std::lock_guard lock(mutex_);
    over_ = true;
  }
  more_.notify_one();
  if (thread_.joinable()) thread_.join();
}

std::string HashAhead::finish() {
  stop();
  hasher_.update({begin_ + done_, size_ - done_});
  done_ = size_;
  return hasher_.finish_hex();
}

}  // namespace assay
