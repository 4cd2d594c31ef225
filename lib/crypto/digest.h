// Hasher: message digests, fed as the bytes go by.

#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"

namespace assay {

/// sha512_256 is SHA-512/256 of FIPS 180-4, 32 bytes.
enum class HashAlgorithm { sha256, sha384, sha512, sha512_256, blake2b_512 };

/// Fails only when OpenSSL cannot work at all (then the process ends: nothing
/// can be judged without digests).
class Hasher {
 public:
  explicit Hasher(HashAlgorithm algorithm);
  ~Hasher();
  Hasher(Hasher&&) noexcept;
  Hasher& operator=(Hasher&&) noexcept;

  void update(Bytes bytes);
  /// The digest of everything fed so far; the Hasher then starts anew.
  std::vector<std::byte> finish();
  std::string finish_hex();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

std::string sha256_hex(Bytes bytes);
/// Of what is left of a file, which need not fit into memory. Fails with io.
Result<std::string> sha256_of(int fd);
std::vector<std::byte> digest(HashAlgorithm algorithm, Bytes bytes);

}  // namespace assay
