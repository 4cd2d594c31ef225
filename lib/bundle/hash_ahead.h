// HashAhead: the SHA-256 of a large member, taken by a thread of its own while the
// member is still being read, so that nobody has to wait for it afterwards.

#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <string>
#include <thread>

#include "base/bytes.h"
#include "crypto/digest.h"

namespace assay {

class HashAhead {
 public:
  /// Reads from `begin` on, what advance() says is there, until it is stopped. Where no
  /// thread can be had, finish() does the work.
  explicit HashAhead(const std::byte* begin);
  HashAhead(const HashAhead&) = delete;
  HashAhead& operator=(const HashAhead&) = delete;
  ~HashAhead() { stop(); }

  /// The first `size` bytes are there and stay as they are.
  void advance(std::size_t size);
  /// Lower-case hex, of all that advance() named. Once, and after the last advance().
  std::string finish();
  /// From here on `begin` is not read any more.
  void stop();

 private:
  void run();

  const std::byte* const begin_;
  Hasher hasher_{HashAlgorithm::sha256};
  std::size_t done_ = 0;  ///< the thread's, until it is joined
  std::mutex mutex_;
  std::condition_variable more_;
  std::size_t size_ = 0;
  bool over_ = false;
  std::thread thread_{};
};

}  // namespace assay
