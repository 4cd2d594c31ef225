#include <algorithm>
#include <filesystem>
#include <system_error>

#include "base/bytes.h"
#include "base/embedded.h"
#include "base/file.h"
#include "base/toml.h"
#include "crypto/digest.h"
#include "scan/rule_state.h"

namespace assay {
namespace {

constexpr std::string_view kPack = "pack.toml";
constexpr std::string_view kSchema = "assay-rules/1";
constexpr std::size_t kMaxFileBytes = std::size_t{16} << 20;

bool is_rule_file(std::string_view name) {
  return name.ends_with(".yar") || name.substr(name.find_last_of('/') + 1) == kPack;
}

Error config(std::string what, std::string hint = {}) {
  return fail(Error::Kind::config, std::move(what), std::move(hint));
}

Result<void> check_names(const std::vector<RuleFile>& files) {
  const RuleFile* before = nullptr;
  for (const RuleFile& file : files) {
    if (!is_rule_file(file.name)) {
      return config("'" + printable(file.name) + "' is neither a .yar file nor pack.toml");
    }
    if (before != nullptr && before->name == file.name) {
      return config("rule file '" + printable(file.name) + "' is there twice");
    }
    before = &file;
  }
  return {};
}

}  // namespace

Result<PackInfo> read_pack_info(const RuleFile& pack) {
  TomlTable table = TRY(TomlTable::parse(pack.text, pack.name));
  if (TRY(table.string("schema")) != kSchema) {
    return table.error_at("schema", "'schema' must be \"" + std::string(kSchema) + "\"");
  }
  PackInfo info{.name = TRY(table.string("name"))};
  if (info.name.empty() || info.name.find('/') != std::string::npos) {
    return table.error_at("name", "'name' is empty or holds a slash");
  }
  info.serial = TRY(table.integer("serial"));
  if (info.serial <= 0) return table.error_at("serial", "'serial' must be positive");
  info.takes_slow = TRY(table.maybe_boolean("slow")).value_or(false);
  TRY(table.finish());
  return info;
}

Result<RuleSetInfo> describe(std::vector<RuleFile>& files) {
  std::ranges::sort(files, {}, &RuleFile::name);
  TRY(check_names(files));
  const auto pack = std::ranges::find(files, kPack, &RuleFile::name);
  if (pack == files.end()) {
    return config("the rule set has no pack.toml",
                  "it holds three lines: schema = \"assay-rules/1\", name and serial");
  }

  RuleSetInfo info;
  info.serial = TRY(read_pack_info(*pack)).serial;
  Hasher hasher(HashAlgorithm::sha256);
  for (const RuleFile& file : files) {
    std::string line = file.name;
    line += '\0';
    line += sha256_hex(as_bytes(file.text)) + '\n';
    hasher.update(as_bytes(line));
  }
  info.sha256 = hasher.finish_hex();
  return info;
}

Result<std::vector<RuleFile>> built_in_rules() {
  std::vector<RuleFile> files;
  for (const EmbeddedFile& file : embedded_rules()) {
    files.push_back({std::string(file.name), unswap(file.swapped)});
  }
  return files;
}

Result<std::vector<RuleFile>> read_rules(const std::string& folder) {
  std::error_code error;
  std::vector<RuleFile> files;
  std::filesystem::directory_iterator entry(folder, error);
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    std::string name = entry->path().filename().string();
    if (!is_rule_file(name)) continue;
    std::string text = TRY(read_file(entry->path().string(), kMaxFileBytes)
                               .context("reading rule file '" + printable(name) + "'"));
    files.push_back({std::move(name), std::move(text)});
  }
  if (error) {
    return config("cannot read the rules folder '" + printable(folder) +
                  "': " + error.message());
  }
  std::ranges::sort(files, {}, &RuleFile::name);
  return files;
}

}  // namespace assay
