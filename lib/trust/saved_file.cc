#include "trust/saved_file.h"

#include <filesystem>

#include "base/file.h"

namespace assay {

namespace fs = std::filesystem;

SavedFile::SavedFile(std::string path, std::optional<std::string> text)
    : path_(std::move(path)), text_(std::move(text)) {}

Result<SavedFile> SavedFile::of(std::string path) {
  std::error_code error;
  if (!fs::exists(fs::symlink_status(path, error))) return absent(std::move(path));
  std::string text = TRY(read_file(path));
  return SavedFile(std::move(path), std::move(text));
}

SavedFile SavedFile::absent(std::string path) {
  return {std::move(path), std::nullopt};
}

SavedFile::SavedFile(SavedFile&& other) noexcept
    : path_(std::move(other.path_)), text_(std::move(other.text_)), kept_(other.kept_) {
  other.kept_ = true;
}

SavedFile::~SavedFile() {
  if (kept_) return;
  std::error_code error;
  if (text_) {
    // Should this fail too, the error that brought us here is the one to report.
    static_cast<void>(write_file(path_, *text_));
  } else {
    fs::remove(path_, error);
  }
}

}  // namespace assay
