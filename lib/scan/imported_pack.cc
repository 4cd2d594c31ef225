#include "scan/imported_pack.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/json.h"
#include "base/serial.h"
#include "scan/rule_state.h"

namespace assay {
namespace {

constexpr std::string_view kPack = "pack.toml";
constexpr std::string_view kSamples = "samples/";
constexpr const char* kSchema = "assay-pack/1";
constexpr std::size_t kMaxHead = std::size_t{4} << 20;
constexpr std::int64_t kDay = 86'400;

Error refused(std::string code, std::string what) {
  Error error{.kind = Error::Kind::config, .code = code};
  error.what = std::move(what) + " [" + code + "]";
  error.hint = "nothing was installed; `assay explain " + code + "` says more";
  return error;
}

Error malformed_pack(std::string what) {
  return refused("pack-malformed", std::move(what));
}

Error altered(std::string_view what) {
  return {
      .kind = Error::Kind::config,
      .code = "pack-altered",
      .what = "the pack is not as it was imported: " + std::string(what) + " [pack-altered]",
      .hint = "import it again"};
}

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         c == '.' || c == '-' || c == '_' || c == '+';
}

/// A name for a file on any system, and hidden on none.
bool is_plain_name(std::string_view name) {
  return !name.empty() && name.size() <= 128 && !name.starts_with('.') &&
         !name.ends_with('.') && std::ranges::all_of(name, is_plain);
}

bool is_plain_path(std::string_view path) {
  while (true) {
    const std::size_t slash = path.find('/');
    if (!is_plain_name(path.substr(0, slash))) return false;
    if (slash == std::string_view::npos) return true;
    path.remove_prefix(slash + 1);
  }
}

std::size_t depth_of(const std::string& path) {
  return static_cast<std::size_t>(std::ranges::count(path, '/'));
}

bool is_told(const RuleFile& file) {
  return file.name == kPack || file.name.ends_with("/pack.toml");
}

/// The folder of the uppermost pack.toml, with its slash; empty for the bundle's own.
Result<std::string> root_of(const std::vector<RuleFile>& files) {
  const RuleFile* found = nullptr;
  for (const RuleFile& file : files) {
    if (is_told(file) && (found == nullptr || depth_of(file.name) < depth_of(found->name))) {
      found = &file;
    }
  }
  if (found == nullptr) return malformed_pack("there is no pack.toml in it");
  return found->name.substr(0, found->name.size() - kPack.size());
}

/// The files by their names in the pack, without its samples.
Result<std::vector<RuleFile>> files_below(const std::string& root,
                                          std::vector<RuleFile> files) {
  std::vector<RuleFile> own;
  for (RuleFile& file : files) {
    if (!file.name.starts_with(root)) {
      return malformed_pack("'" + printable(file.name) + "' stands outside the pack's folder");
    }
    file.name.erase(0, root.size());
    if (file.name.starts_with(kSamples)) continue;
    if (!is_plain_path(file.name)) {
      return malformed_pack("'" + printable(file.name) +
                            "' is no name of letters, digits and .-_+ alone");
    }
    if (is_told(file) && file.name != kPack) {
      return malformed_pack("there is a second pack.toml, '" + printable(file.name) + "'");
    }
    own.push_back(std::move(file));
  }
  return own;
}

Result<void> check_files(const RulePack& pack) {
  std::size_t total = 0;
  const RuleFile* before = nullptr;
  for (const RuleFile& file : pack.files) {
    if (before != nullptr && before->name == file.name) {
      return malformed_pack("'" + printable(file.name) + "' is there twice");
    }
    total += file.text.size();
    before = &file;
  }
  if (total > kMaxPackBytes) return malformed_pack("its rules are more than 64 MiB");
  return {};
}

Result<void> check_serial(const RulePack& pack, Time now) {
  const auto date = serial_date(pack.serial);
  const std::string serial = "serial " + std::to_string(pack.serial);
  if (!date) return malformed_pack(serial + " is no day, yyyymmdd or yyyymmddnn");
  if (date->seconds > now.seconds + kDay) {
    return malformed_pack(serial + " lies in the future, and would bar all before it");
  }
  return {};
}

/// Puts the files in the order in which they are hashed.
ImportedPack with_digest(RulePack pack) {
  std::ranges::sort(pack.files, {}, &RuleFile::name);
  ImportedPack out{.pack = std::move(pack)};
  out.sha256 = rules_sha256(out.pack.files, out.pack.name.size() + 1);
  return out;
}

/// The files that the first line tells of, cut out of what follows it.
Result<std::vector<RuleFile>> cut_files(const Json& head, std::string_view rest) {
  const Json* const list = head.find("files");
  const Json::Array* const told = list == nullptr ? nullptr : list->array();
  if (told == nullptr) return altered("it tells of no files");
  std::vector<RuleFile> files;
  for (const Json& one : *told) {
    const Json* const size = one.find("size");
    const std::int64_t* const bytes = size == nullptr ? nullptr : size->integer();
    if (bytes == nullptr || *bytes < 0 || static_cast<std::uint64_t>(*bytes) > rest.size()) {
      return altered("a file is cut short");
    }
    const auto length = static_cast<std::size_t>(*bytes);
    files.push_back(
        {.name = one.text_or_empty("name"), .text = std::string(rest.substr(0, length))});
    rest.remove_prefix(length);
  }
  if (!rest.empty()) return altered("bytes follow its files");
  return files;
}

}  // namespace

Result<ImportedPack> pack_of_bundle(std::vector<RuleFile> files, Time now) {
  const std::string root = TRY(root_of(files));
  std::vector<RuleFile> own = TRY(files_below(root, std::move(files)));
  auto made = make_pack({}, std::move(own));
  if (!made) return malformed_pack(made.error().what);
  RulePack pack = std::move(made).take();
  if (!is_plain_name(pack.name)) {
    return malformed_pack("its name, '" + printable(pack.name) +
                          "', is not of letters, digits and .-_+ alone");
  }
  TRY(check_serial(pack, now));
  ImportedPack out = with_digest(std::move(pack));
  TRY(check_files(out.pack));
  return out;
}

std::string imported_text(const ImportedPack& pack) {
  Json::Array files;
  std::string bytes;
  for (const RuleFile& file : pack.pack.files) {
    Json::Object one{{"name", file.name.substr(pack.pack.name.size() + 1)}};
    one.emplace("size", file.text.size());
    files.emplace_back(std::move(one));
    bytes += file.text;
  }
  return Json(Json::Object{{"schema", kSchema},
                           {"name", pack.pack.name},
                           {"serial", pack.pack.serial},
                           {"sha256", pack.sha256},
                           {"vendor", pack.vendor},
                           {"bundleSha256", pack.bundle_sha256},
                           {"files", std::move(files)}})
             .canonical() +
         "\n" + bytes;
}

Result<ImportedPack> read_imported(std::string_view text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const auto head = Json::parse(text.substr(0, end), {.max_bytes = kMaxHead});
  if (!head || end == text.size()) return altered("its first line is none");
  auto made = make_pack({}, TRY(cut_files(*head, text.substr(end + 1))));
  if (!made) return altered(made.error().what);
  ImportedPack out = with_digest(std::move(made).take());
  out.vendor = head->text_or_empty("vendor");
  out.bundle_sha256 = head->text_or_empty("bundleSha256");
  // One pack has one text, so that every other byte of it was checked by this.
  if (imported_text(out) != text) return altered("its digest, or its order, is another one");
  return out;
}

Result<void> check_replaces(const ImportedPack& next, const ImportedPack& installed) {
  const std::string name = "the pack '" + next.pack.name + "'";
  if (next.vendor != installed.vendor) {
    return refused("pack-vendor", name + " that is installed was signed by '" +
                                      printable(installed.vendor) + "', this one by '" +
                                      printable(next.vendor) + "'");
  }
  const std::int64_t before = comparable_serial(installed.pack.serial);
  const std::int64_t after = comparable_serial(next.pack.serial);
  if (after > before || (after == before && next.sha256 == installed.sha256)) return {};
  return refused("pack-older",
                 name + " has serial " + std::to_string(next.pack.serial) + ", and " +
                     std::to_string(installed.pack.serial) +
                     (after == before ? " is installed with other rules" : " is installed"));
}

}  // namespace assay
