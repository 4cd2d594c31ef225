#include "bundle/file_list.h"

#include <fmt/format.h>

#include <algorithm>

namespace assay {
namespace {

std::string_view from_root(std::string_view name) {
  if (name.starts_with("./")) name.remove_prefix(1);
  if (name.starts_with('/')) name.remove_prefix(1);
  return name;
}

Error otherwise(std::string_view what) {
  return malformed("ambiguous-type", fmt::format("the package's header lists it {}", what));
}

}  // namespace

bool FileList::add(std::string_view name, ListedFile file) {
  return lines_.try_emplace(std::string(from_root(name)), Line{.file = std::move(file)}).second;
}

std::optional<Error> FileList::take(const Entry& entry) {
  const auto found = lines_.find(from_root(entry.name));
  if (found == lines_.end()) {
    return malformed("ambiguous-type", "the package's header does not list it");
  }
  Line& line = found->second;
  const ListedFile& file = line.file;
  line.seen = true;
  // A hard link is listed as what it links to.
  const bool is_link = entry.kind == MemberKind::hardlink && file.kind == MemberKind::file;
  if (entry.kind != file.kind && !is_link) return otherwise("as another kind of file");
  if (entry.kind == MemberKind::symlink) {
    if (entry.link_target == file.link_target) return std::nullopt;
    return otherwise("as a link to somewhere else");
  }
  if (entry.mode != file.mode) return otherwise(fmt::format("with the mode {:04o}", file.mode));
  if (file.kind != MemberKind::file) return std::nullopt;
  const std::uint64_t size = entry.declared_size.value_or(0);
  if (size == 0 && file.twins != 0) return std::nullopt;
  filled_.insert(file.twins);
  if (size == file.size) return std::nullopt;
  return malformed("size-mismatch", fmt::format("the package's header lists it with {} bytes, "
                                                "and it has {}",
                                                file.size, size));
}

std::string FileList::sha256_of(const Entry& entry) const {
  const auto found = lines_.find(from_root(entry.name));
  if (found == lines_.end() || entry.kind != MemberKind::file) return {};
  const ListedFile& file = found->second.file;
  const bool elsewhere = file.twins != 0 && entry.declared_size.value_or(0) == 0;
  return elsewhere ? std::string() : file.sha256;
}

std::optional<Error> FileList::rest() const {
  std::size_t count = 0;
  std::string_view first;
  for (const auto& [name, line] : lines_) {
    const ListedFile& file = line.file;
    const bool empty = file.twins != 0 && file.size > 0 && !filled_.contains(file.twins);
    if (line.seen && !empty) continue;
    if (count++ == 0 || name < first) first = name;
  }
  if (count == 0) return std::nullopt;
  return malformed("ambiguous-type",
                   fmt::format("the package's header lists files whose content is not there: "
                               "{}, first '{}'",
                               count, printable(first.substr(0, 200))));
}

Result<Bytes> CheckedStream::next() {
  const Bytes piece = TRY(from_->next());
  if (!piece.empty()) {
    hasher_.update(piece);
    return piece;
  }
  if (found_.empty()) found_ = hasher_.finish_hex();
  if (found_ == sha256_) return piece;
  return malformed("checksum-mismatch",
                   "the content does not fit the SHA-256 in the package's header");
}

}  // namespace assay
