// Files that can hold signatures, as small as they come.

#pragma once

#include <string>

namespace assay::test {

inline std::string ar_member(const std::string& name, const std::string& content) {
  std::string header(58, ' ');
  const auto put_text = [&](std::size_t at, const std::string& text) {
    header.replace(at, text.size(), text);
  };
  put_text(0, name);
  for (const std::size_t at : {16U, 28U, 34U}) put_text(at, "0");
  put_text(40, "100644");
  put_text(48, std::to_string(content.size()));
  return header + "`\n" + content + (content.size() % 2 == 0 ? "" : "\n");
}

inline const std::string kControl = "the control archive", kData = "the data";

/// A package, and members behind its own three.
inline std::string deb(const std::string& behind = {}) {
  return "!<arch>\n" + ar_member("debian-binary", "2.0\n") +
         ar_member("control.tar.xz", kControl) + ar_member("data.tar", kData) + behind;
}

inline const std::string kModule = std::string(
                                       "\x7f"
                                       "ELF") +
                                   std::string(200, 'm');

/// A kernel module with a signature as scripts/sign-file appends it.
inline std::string with_trailer(const std::string& content, const std::string& signature) {
  std::string info(12, '\0');
  info[2] = 2;
  for (std::size_t i = 0; i < 4; ++i) {
    info[8 + i] = static_cast<char>(signature.size() >> (24 - 8 * i) & 0xffU);
  }
  return content + signature + info + "~Module signature appended~\n";
}

}  // namespace assay::test
