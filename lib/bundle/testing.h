// What the tests of this room share: bytes of small archives built by hand, real
// ones made by the system's tools, and a visitor that writes down what it is told.

#pragma once

#include <stdlib.h>

#include <algorithm>
#include <clocale>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "base/file.h"
#include "bundle/walk.h"
#include "crypto/digest.h"

namespace assay {

extern const Codec gzip_codec, xz_codec, zstd_codec, bzip2_codec;
extern const Container deb_container, ar_container, rpm_container, zip_container,
    cpio_container, tar_container;

namespace testing {

using namespace std::string_literals;

inline Formats formats() {
  static constexpr const Codec* kCodecs[] = {&gzip_codec, &xz_codec, &zstd_codec, &bzip2_codec};
  static constexpr const Container* kContainers[] = {&deb_container,  &ar_container,
                                                     &rpm_container,  &zip_container,
                                                     &cpio_container, &tar_container};
  return {.codecs = kCodecs, .containers = kContainers};
}

/// What a walk told, with the leaves' contents.
struct Outcome final : Visitor {
  void member(Member told) override { members.push_back(std::move(told)); }
  void leaf(Member told, Content content) override {
    leaves[told.path] = std::string(as_text(content.bytes()));
    types[told.path] = told.type;
  }
  void problem(Problem told) override { problems.push_back(std::move(told)); }

  bool has(std::string_view code) const {
    return std::ranges::any_of(problems, [&](const Problem& p) { return p.code == code; });
  }
  bool has(std::string_view code, std::string_view member) const {
    return std::ranges::any_of(
        problems, [&](const Problem& p) { return p.code == code && p.member == member; });
  }
  bool clean() const { return summary.complete && problems.empty(); }
  const Member* find(std::string_view path) const {
    const auto found = std::ranges::find(members, path, &Member::path);
    return found == members.end() ? nullptr : &*found;
  }

  WalkSummary summary{};
  std::map<std::string, std::string> leaves{};
  std::map<std::string, std::string> types{};
  std::vector<Member> members{};
  std::vector<Problem> problems{};
};

/// Walks the bytes; an Error leaves the summary as it was, incomplete.
inline Outcome walk_bytes(const std::string& name, std::string_view bytes,
                          const Limits& limits = {}) {
  std::setlocale(LC_CTYPE, "C.UTF-8");
  Outcome outcome;
  const auto source = Source::from_bytes(name, as_bytes(bytes));
  if (!source) return outcome;
  const auto summary = walk(*source, limits, formats(), outcome);
  if (summary) outcome.summary = *summary;
  return outcome;
}

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "assay-test-XXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  std::string path(const std::string& name) const { return path_ + "/" + name; }
  /// Runs a shell command in the folder; false if it failed.
  bool run(const std::string& command) const {
    return std::system(
               ("cd '" + path_ + "' && { " + command + "; } >/dev/null 2>&1").c_str()) == 0;
  }
  void write(const std::string& name, std::string_view bytes) const {
    std::ofstream(path(name), std::ios::binary).write(bytes.data(), std::ssize(bytes));
  }
  std::string read(const std::string& name) const {
    auto content = read_file(path(name), std::size_t{1} << 30);
    return content ? std::move(content).take() : std::string();
  }

 private:
  std::string path_;
};

/// `files` packed by a shell command that writes "out"; the files are those of the folder.
inline std::string packed_by(const std::string& command,
                             const std::map<std::string, std::string>& files) {
  const TemporaryFolder folder;
  for (const auto& [name, content] : files) folder.write(name, content);
  return folder.run(command) ? folder.read("out") : std::string();
}

inline std::string filtered(const std::string& command, std::string_view bytes) {
  return packed_by(command + " < in > out", {{"in", std::string(bytes)}});
}

// --- bytes by hand -----------------------------------------------------------

inline std::string little(std::uint64_t value, std::size_t count) {
  std::string bytes;
  for (; bytes.size() < count; value >>= 8) bytes += static_cast<char>(value & 0xffU);
  return bytes;
}

inline std::uint32_t crc32_of(std::string_view bytes) {
  std::uint32_t crc = 0xffffffff;
  for (const char c : bytes) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ ((crc & 1U) != 0 ? 0xedb88320U : 0U);
  }
  return ~crc;
}

/// A gzip member of stored blocks.
inline std::string gzip_of(std::string_view content) {
  std::string bytes = "\x1f\x8b\x08\0\0\0\0\0\0\x03"s;
  std::string_view rest = content;
  do {
    const std::string_view block = rest.substr(0, 65535);
    rest.remove_prefix(block.size());
    bytes += little(rest.empty() ? 1 : 0, 1) + little(block.size(), 2) +
             little(~block.size(), 2) + std::string(block);
  } while (!rest.empty());
  return bytes + little(crc32_of(content), 4) + little(content.size(), 4);
}

struct TarFile {
  std::string name{};
  std::string content{};
  char type = '0';
  std::string link{};
  std::string magic = "ustar\0"s + "00";
  std::string prefix{};
};

inline std::string tar_member(const TarFile& file) {
  std::string block(512, '\0');
  const auto put = [&](std::size_t at, const std::string& text) {
    block.replace(at, text.size(), text);
  };
  const auto octal = [](std::uint64_t value, std::size_t digits) {
    std::string text(digits, '0');
    for (std::size_t i = digits; i > 0; --i, value /= 8) {
      text[i - 1] = static_cast<char>('0' + value % 8);
    }
    return text;
  };
  put(0, file.name.substr(0, 100));
  put(100, "0000644");
  put(108, "0000000");
  put(116, "0000000");
  put(124, octal(file.content.size(), 11));
  put(136, "00000000000");
  put(148, "        ");
  block[156] = file.type;
  put(157, file.link);
  put(257, file.magic);
  put(345, file.prefix);
  unsigned sum = 0;
  for (const char c : block) sum += static_cast<unsigned char>(c);
  put(148, octal(sum, 6) + "\0 "s);
  const std::size_t padding = (512 - file.content.size() % 512) % 512;
  return block + file.content + std::string(padding, '\0');
}

/// One record of a pax header.
inline std::string pax_record(const std::string& key, const std::string& value) {
  const std::size_t rest = key.size() + value.size() + 3;
  std::size_t length = rest + 1;
  while (length != rest + std::to_string(length).size()) ++length;
  return std::to_string(length) + " " + key + "=" + value + "\n";
}

inline std::string tar_of(const std::vector<TarFile>& files) {
  std::string bytes;
  for (const TarFile& file : files) bytes += tar_member(file);
  return bytes + std::string(1024, '\0');
}

inline std::string ar_member(const std::string& name, const std::string& content) {
  std::string header(60, ' ');
  const auto put = [&](std::size_t at, const std::string& text) {
    header.replace(at, text.size(), text);
  };
  put(0, name);
  put(16, "0");
  put(28, "0");
  put(34, "0");
  put(40, "100644");
  put(48, std::to_string(content.size()));
  put(58, "`\n");
  return header + content + (content.size() % 2 != 0 ? "\n" : "");
}

inline std::string deb_of(const std::string& control, const std::string& data) {
  return "!<arch>\n" + ar_member("debian-binary", "2.0\n") + ar_member("control.tar", control) +
         ar_member("data.tar", data);
}

/// A stored zip member; both headers may lie.
struct ZipFile {
  std::string name{};
  std::string content{};
  std::string local_name{};  ///< as `name` if empty
  unsigned flags = 0;
};

inline std::string zip_local(const ZipFile& file) {
  const std::string& name = file.local_name.empty() ? file.name : file.local_name;
  return "PK\x03\x04" + little(20, 2) + little(file.flags, 2) + little(0, 2) +
         little(0x21'0000, 4) + little(crc32_of(file.content), 4) +
         little(file.content.size(), 4) + little(file.content.size(), 4) +
         little(name.size(), 2) + little(0, 2) + name + file.content;
}

inline std::string zip_central(const ZipFile& file, std::uint64_t offset) {
  return "PK\x01\x02" + little(0x314, 2) + little(20, 2) + little(file.flags, 2) +
         little(0, 2) + little(0x21'0000, 4) + little(crc32_of(file.content), 4) +
         little(file.content.size(), 4) + little(file.content.size(), 4) +
         little(file.name.size(), 2) + little(0, 2) + little(0, 2) + little(0, 2) +
         little(0, 2) + little(0x81a40000, 4) + little(offset, 4) + file.name;
}

inline std::string zip_end(std::size_t count, std::size_t size, std::uint64_t offset) {
  return "PK\x05\x06" + little(0, 4) + little(count, 2) + little(count, 2) + little(size, 4) +
         little(offset, 4) + little(0, 2);
}

inline std::string zip_of(const std::vector<ZipFile>& files) {
  std::string local;
  std::string central;
  for (const ZipFile& file : files) {
    central += zip_central(file, local.size());
    local += zip_local(file);
  }
  return local + central + zip_end(files.size(), central.size(), local.size());
}

}  // namespace testing
}  // namespace assay
