// FileList: what a package's own header says its payload holds, held against what it
// does hold. An installer goes by the list, an unpacker by the payload.

#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>

#include "bundle/format.h"
#include "bundle/links.h"
#include "crypto/digest.h"

namespace assay {

/// One file of the list.
struct ListedFile {
  MemberKind kind = MemberKind::other;
  std::uint32_t mode = 0;  ///< permission bits
  std::uint64_t size = 0;  ///< of a file; folders and links have none
  std::string link_target{};
  std::string sha256{};   ///< hexadecimal; empty where the list has none
  std::size_t twins = 0;  ///< number of its group of hard links, from 1; 0 if it is alone
};

class FileList {
 public:
  /// A name leads from the root, with or without "/" or "./" before it. False if it was
  /// added already.
  bool add(std::string_view name, ListedFile file);

  /// Crosses the member off. What is wrong with it: ambiguous-type if it is not listed or
  /// listed otherwise, size-mismatch.
  std::optional<Error> take(const Entry& entry);
  /// What the content of this member must hash to, or empty. Of several hard links one
  /// has the content.
  std::string sha256_of(const Entry& entry) const;
  /// What was listed and did not come, when the last member was seen.
  std::optional<Error> rest() const;

 private:
  struct Line {
    ListedFile file{};
    bool seen = false;
  };
  std::unordered_map<std::string, Line, TextHash, std::equal_to<>> lines_{};
  std::set<std::size_t> filled_{};  ///< groups whose content came
};

/// CheckedStream: a member's content that ends as checksum-mismatch unless it has the
/// digest it was listed with.
class CheckedStream final : public ByteStream {
 public:
  CheckedStream(std::unique_ptr<ByteStream> from, std::string sha256)
      : from_(std::move(from)), sha256_(std::move(sha256)) {}
  Result<Bytes> next() override;

 private:
  std::unique_ptr<ByteStream> from_;
  std::string sha256_;
  std::string found_{};  ///< once the end was reached
  Hasher hasher_{HashAlgorithm::sha256};
};

}  // namespace assay
