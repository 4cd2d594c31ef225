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

constexpr const char* kPack = "pack.toml";
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

/// The pack beside the shipped one that a file is of, or empty.
std::string_view pack_of(const RuleFile& file) {
  const std::size_t slash = file.name.find('/');
  return std::string_view(file.name).substr(0, slash == std::string::npos ? 0 : slash);
}

/// Of sorted files: those of one pack stand together.
Result<std::vector<RulePackInfo>> describe_packs(std::span<const RuleFile> files) {
  std::vector<RulePackInfo> packs;
  for (std::size_t at = 0, end = 0; at < files.size(); at = end) {
    const std::string_view name = pack_of(files[at]);
    while (end < files.size() && pack_of(files[end]) == name) ++end;
    if (name.empty()) continue;
    RulePackInfo& pack = packs.emplace_back();
    pack.name = name;
    const std::span<const RuleFile> own = files.subspan(at, end - at);
    pack.sha256 = rules_sha256(own, name.size() + 1);
    const auto told = std::ranges::find(own, pack.name + "/" + kPack, &RuleFile::name);
    if (told != own.end()) pack.serial = TRY(read_pack_info(*told)).serial;
  }
  return packs;
}

}  // namespace

std::string rules_sha256(std::span<const RuleFile> files, std::size_t prefix) {
  Hasher hasher(HashAlgorithm::sha256);
  for (const RuleFile& file : files) {
    std::string line = file.name.substr(prefix);
    line += '\0';
    line += sha256_hex(as_bytes(file.text)) + '\n';
    hasher.update(as_bytes(line));
  }
  return hasher.finish_hex();
}

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
  info.sha256 = rules_sha256(files, 0);
  info.packs = TRY(describe_packs(files));
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
