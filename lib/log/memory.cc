#include "log/memory.h"

#include <fmt/format.h>

#include <filesystem>

#include "base/file.h"

namespace assay::log {
namespace {

Error refuse(std::string code, std::string what) {
  return {.kind = Error::Kind::durability, .code = std::move(code), .what = std::move(what)};
}

}  // namespace

Result<std::optional<TreeHead>> recall(const std::string& path, const std::string& origin) {
  std::error_code error;
  if (path.empty() || !std::filesystem::exists(path, error)) return std::optional<TreeHead>();
  const std::string text = TRY(read_file(path, 1024).context("reading what was remembered"));
  if (text.empty()) return std::optional<TreeHead>();
  const auto checkpoint = parse_checkpoint(text);
  if (checkpoint && checkpoint->origin == origin) return std::optional(checkpoint->tree);
  return fail(Error::Kind::config,
              "'" + printable(path) + "' does not hold a checkpoint of this log",
              "it remembers how far the log had come; remove it only if you know why");
}

Result<void> remember(const std::string& path, const Checkpoint& checkpoint) {
  if (path.empty()) return {};
  const auto before = TRY(recall(path, checkpoint.origin));
  if (before && before->size >= checkpoint.tree.size) return {};
  TRY(make_folder(std::filesystem::path(path).parent_path().string()));
  return write_file(path, format_checkpoint(checkpoint));
}

Result<void> check_grown(const TreeHead& before, const TreeHead& now, const Subtree& subtree) {
  if (now.size < before.size) {
    return refuse("log-rolled-back", fmt::format("the log has {} entries, {} were seen before",
                                                 now.size, before.size));
  }
  const Proof proof = TRY(prove_consistency(before.size, now.size, subtree));
  if (verify_consistency(before.size, now.size, before.root, now.root, proof)) return {};
  return refuse(
      "log-rewritten",
      fmt::format("the first {} entries are not those that were seen before", before.size));
}

}  // namespace assay::log
