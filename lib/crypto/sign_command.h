// CommandSigner: a key that cannot leave where it is, on a token or in a KMS. Another
// program signs with it.

#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "crypto/key.h"

namespace assay {

class CommandSigner final : public Signer {
 public:
  /// `words` are the program, by its absolute path, and its arguments, as they are: no shell
  /// reads them. Fails with config if the first is no absolute path.
  static Result<CommandSigner> create(std::vector<std::string> words, const Ed25519Public& key,
                                      std::chrono::milliseconds patience);

  const Ed25519Public& public_key() const override { return key_; }

  /// Runs it once: the message on its standard input, 64 bytes on its standard output, exit
  /// 0. What does not verify by the public key is not used. Fails with config; a program that
  /// takes longer is ended, with all it started.
  Result<Ed25519Signature> sign(Bytes message) const override;

 private:
  CommandSigner(std::vector<std::string> words, const Ed25519Public& key,
                std::chrono::milliseconds patience)
      : words_(std::move(words)), key_(key), patience_(patience) {}
  std::vector<std::string> words_;
  Ed25519Public key_;
  std::chrono::milliseconds patience_;
};

/// The words of a line, parted by spaces; nothing in it is special.
std::vector<std::string> words_of(std::string_view line);

}  // namespace assay
