// CpioIndex: our own strict reading of a cpio archive in the "new" forms (070701 and,
// with checksums, 070702), as initramfs and rpm have it.

#pragma once

#include <array>
#include <map>
#include <string>
#include <tuple>

#include "bundle/stream_index.h"

namespace assay {

constexpr std::size_t kCpioHeader = 110;

class CpioIndex final : public StreamIndex {
 public:
  /// `from` must outlive it.
  explicit CpioIndex(ByteStream& from) : StreamIndex(from, "cpio") {}

 private:
  enum class Part { header, name, name_padding, content, padding, end };

  /// What of a header counts here.
  struct Header {
    std::uint32_t inode, mode, links, size, major, minor, name_size, checksum;
  };
  /// The names of one inode (hard links) that were seen.
  struct Inode {
    std::string first_name{};
    std::uint32_t mode = 0;
    std::uint32_t links = 0;
    std::uint32_t seen = 0;
    bool has_content = false;
  };

  Result<std::size_t> step(Bytes piece) override;
  Result<void> check_end() const override;
  Result<std::size_t> take_header(Bytes piece);
  Result<std::size_t> take_name(Bytes piece);
  Result<std::size_t> take_content(Bytes piece);
  Result<std::size_t> take_zeros(Bytes piece);
  Result<void> read_header();
  Result<void> on_name();
  Result<void> begin_content(std::uint64_t at);
  Result<void> end_content();
  Result<void> add_link(Entry& entry);
  bool is_symlink() const;

  Part part_ = Part::header;
  std::array<std::byte, kCpioHeader> block_{};
  std::size_t filled_ = 0;  ///< of block_
  std::string magic_{};     ///< of the first header, and so of all
  Header header_{};         ///< of the current member
  std::string name_{};      ///< with its NUL
  std::string target_{};    ///< of a symbolic link
  std::uint64_t content_at_ = 0;
  std::uint64_t left_ = 0;  ///< of the content
  std::size_t padding_ = 0;
  std::uint32_t sum_ = 0;  ///< of the content's bytes
  std::map<std::tuple<std::uint32_t, std::uint32_t, std::uint32_t>, Inode> inodes_{};
};

}  // namespace assay
