// SavedFile: a file as it stood before a change, put back unless the change is kept.

#pragma once

#include <optional>
#include <string>

#include "base/error.h"

namespace assay {

class SavedFile {
 public:
  /// What stands at `path` now, be it nothing.
  static Result<SavedFile> of(std::string path);
  /// A file that was not there before, whatever stands there now.
  static SavedFile absent(std::string path);

  SavedFile(SavedFile&& other) noexcept;
  SavedFile& operator=(SavedFile&&) = delete;
  ~SavedFile();

  const std::string& path() const { return path_; }
  const std::optional<std::string>& text() const { return text_; }
  /// The change stands.
  void keep() { kept_ = true; }

 private:
  SavedFile(std::string path, std::optional<std::string> text);

  std::string path_;
  std::optional<std::string> text_;
  bool kept_ = false;
};

}  // namespace assay
