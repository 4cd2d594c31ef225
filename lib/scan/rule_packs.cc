// Packs: folders of rules that scan beside the shipped ones.

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "base/bytes.h"
#include "base/file.h"
#include "scan/rule_state.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPack = "pack.toml";
constexpr std::size_t kMaxFileBytes = std::size_t{16} << 20;
constexpr std::size_t kMaxFiles = 20000;

Error config(std::string what, std::string hint = {}) {
  return fail(Error::Kind::config, std::move(what), std::move(hint));
}

bool is_rule_text(std::string_view name) {
  return name.ends_with(".yar") || name.ends_with(".yara");
}

/// Paths below `folder` of what a pack consists of, sorted. Samples are no rules.
Result<std::vector<std::string>> pack_files(const std::string& folder) {
  std::error_code error;
  std::vector<std::string> paths;
  fs::recursive_directory_iterator entry(folder, error), end;
  for (; !error && entry != end; entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (entry.depth() == 0 && name == "samples") entry.disable_recursion_pending();
    if (!is_rule_text(name) && !(entry.depth() == 0 && name == kPack)) continue;
    paths.push_back(entry->path().lexically_relative(folder).string());
    if (paths.size() > kMaxFiles) {
      return config("'" + printable(folder) + "' holds more than " + std::to_string(kMaxFiles) +
                    " rule files");
    }
  }
  if (error) {
    return config("cannot read the rules folder '" + printable(folder) +
                  "': " + error.message());
  }
  std::ranges::sort(paths);
  return paths;
}

std::string folder_name(const std::string& folder) {
  const fs::path path = fs::path(folder).lexically_normal();
  const std::string name = (path.has_filename() ? path : path.parent_path()).filename();
  return name.empty() || name == "." || name == ".." ? "pack" : name;
}

/// The rules the walk and the digest know by one ending.
std::string with_short_ending(std::string name) {
  if (name.ends_with(".yara")) name.pop_back();
  return name;
}

}  // namespace

Result<RulePack> make_pack(std::string name, std::vector<RuleFile> files) {
  RulePack pack{.name = std::move(name), .files = std::move(files)};
  bool takes_slow = false;
  const auto told = std::ranges::find(pack.files, kPack, &RuleFile::name);
  if (told != pack.files.end()) {
    const PackInfo info = TRY(read_pack_info(*told));
    pack.name = info.name;
    pack.serial = info.serial;
    takes_slow = info.takes_slow;
  }
  if (std::ranges::none_of(pack.files, is_rule_text, &RuleFile::name)) {
    return config("there is no rule in '" + printable(pack.name) + "'",
                  "a pack is a folder of .yar files");
  }
  for (RuleFile& file : pack.files) {
    file.name = with_short_ending(pack.name + "/" + file.name);
    file.tolerant = takes_slow;
  }
  return pack;
}

Result<RulePack> read_pack(const std::string& folder) {
  std::vector<RuleFile> files;
  for (const std::string& path : TRY(pack_files(folder))) {
    std::string text = TRY(read_file((fs::path(folder) / path).string(), kMaxFileBytes)
                               .context("reading rule file '" + printable(path) + "'"));
    files.push_back({.name = path, .text = std::move(text)});
  }
  return make_pack(folder_name(folder), std::move(files));
}

Result<std::vector<RuleFile>> with_packs(std::vector<RulePack> packs) {
  std::vector<RuleFile> files = TRY(built_in_rules());
  const auto shipped = std::ranges::find(files, kPack, &RuleFile::name);
  if (shipped == files.end()) return config("this program carries no rules");
  const PackInfo own = TRY(read_pack_info(*shipped));
  for (RulePack& pack : packs) {
    if (pack.name == own.name) {
      if (pack.serial < own.serial) {
        return config("the pack '" + pack.name + "' has serial " + std::to_string(pack.serial) +
                          ", older than the one the program carries, " +
                          std::to_string(own.serial),
                      "remove the folder, or give the pack another name to run both");
      }
      std::erase_if(files, &RuleFile::is_shipped);
      for (RuleFile& file : pack.files) file.name.erase(0, own.name.size() + 1);
    }
    std::ranges::move(pack.files, std::back_inserter(files));
  }
  return files;
}

Result<std::vector<RuleFile>> read_archived_rules(const std::string& folder) {
  std::vector<RuleFile> files = TRY(read_rules(folder));
  std::error_code error;
  std::vector<std::string> packs;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    if (entry->is_directory(error)) packs.push_back(entry->path().string());
  }
  if (error) return config("cannot read '" + printable(folder) + "': " + error.message());
  for (const std::string& path : packs) {
    std::ranges::move(TRY(read_pack(path)).files, std::back_inserter(files));
  }
  return files;
}

}  // namespace assay
