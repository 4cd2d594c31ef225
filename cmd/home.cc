#include "cmd/home.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <filesystem>

#include "base/bytes.h"
#include "base/embedded.h"
#include "base/fd.h"
#include "base/file.h"
#include "cmd/options.h"
#include "crypto/digest.h"
#include "crypto/sign_command.h"
#include "policy/policy.h"
#include "policy/waiver.h"
#include "verify/registry.h"

namespace assay::cmd {
namespace {

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

/// Where a user's own configuration stands; empty without HOME.
std::string user_home() {
  const std::string xdg = environment("XDG_CONFIG_HOME");
  if (xdg.starts_with('/')) return xdg + "/assay";
  const std::string home = environment("HOME");
  return home.starts_with('/') ? home + "/.config/assay" : std::string();
}

/// Those in `folder`, by name.
Result<std::vector<RulePack>> imported_packs(const std::string& folder) {
  std::vector<std::string> paths;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    if (entry->path().extension() == ".pack") paths.push_back(entry->path().string());
  }
  if (error && exists(folder)) {
    return fail(Error::Kind::config, "cannot read the folder '" + printable(folder) + "'");
  }
  std::ranges::sort(paths);
  std::vector<RulePack> packs;
  for (const std::string& path : paths) {
    TRY(check_not_writable_by_others(path));
    packs.push_back(TRY(read_imported_file(path)).pack);
  }
  return packs;
}

}  // namespace

Result<ImportedPack> read_imported_file(const std::string& path) {
  const auto read = [&]() -> Result<ImportedPack> {
    return read_imported(TRY(read_file(path, kMaxPackBytes * 2)));
  };
  return read().context("reading the imported pack '" + printable(path) + "'");
}

bool exists(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::symlink_status(path, ignored).type() !=
         std::filesystem::file_type::not_found;
}

Home Home::find(const std::string& option) {
  if (!option.empty()) return Home(option);
  if (const std::string named = environment("ASSAY_HOME"); !named.empty()) return Home(named);
  const std::string own = user_home();
  const std::string system = "/etc/assay";
  return Home(own.empty() || (!exists(own) && exists(system)) ? system : own);
}

Result<TrustStore> Home::load_trust() const {
  if (!exists(trust())) return TrustStore();
  return TrustStore::load(trust(), trust_formats()).context("reading the trust store");
}

Result<PolicyText> Home::find_policy(const std::string& option) const {
  const bool from_home = option.empty() && exists(policy());
  const std::string name = option.empty() ? "baseline" : option;
  const std::string built_in = built_in_policy(name);
  if (!from_home && !built_in.empty()) return PolicyText{built_in, "built-in:" + name};
  const std::string path = from_home ? policy() : option;
  if (!exists(path)) {
    return fail(Error::Kind::config, "there is no policy '" + printable(path) + "'",
                "give a file, or one of the built-in policies: baseline, strict");
  }
  auto text = read_file(path, 1U << 20);
  if (text) return PolicyText{std::move(*text), path};
  text.error().kind = Error::Kind::config;
  return std::move(text.error());
}

Result<Policy> Home::load_policy(const std::string& option, Time now) const {
  return parse_policy(TRY(find_policy(option)), now);
}

Result<Policy> parse_policy(const PolicyText& found, Time now) {
  return assay::load_policy(found.text, found.source, requirements(), now, formats_on_request())
      .context("reading the policy");
}

Result<std::vector<Waiver>> Home::load_waivers(const std::vector<std::string>& files,
                                               const std::vector<Approver>& approvers) const {
  constexpr std::size_t kMost = 10'000;
  std::vector<std::string> paths = files;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(waivers(), error), end; !error && entry != end;
       entry.increment(error)) {
    if (paths.size() == kMost) {
      return fail(Error::Kind::config, "there are too many waivers in '" + waivers() + "'",
                  "take out those that have run out");
    }
    paths.push_back(entry->path().string());
  }
  if (error && exists(waivers())) {
    return fail(Error::Kind::config, "cannot read the folder '" + printable(waivers()) + "'");
  }
  std::vector<Waiver> read;
  for (const std::string& path : paths) {
    std::string text = TRY(read_file(path, kMaxWaiverBytes).context("reading a waiver"));
    read.push_back(TRY(
        read_waiver(text, approvers).context("reading the waiver '" + printable(path) + "'")));
    read.back().file = path;
  }
  return read;
}

Result<std::vector<RulePack>> Home::rule_packs(std::vector<std::string> folders) const {
  std::vector<RulePack> packs;
  if (folders.empty()) {
    if (exists(rules())) folders.push_back(rules());
    packs = TRY(imported_packs(this->packs()));
  }
  for (const std::string& folder : folders) {
    packs.push_back(
        TRY(read_pack(folder).context("reading rules from '" + printable(folder) + "'")));
  }
  return packs;
}

Result<std::vector<RuleFile>> Home::rule_files(std::vector<std::string> folders) const {
  return with_packs(TRY(rule_packs(std::move(folders))));
}

Result<RuleSet> Home::load_rules(std::vector<std::string> folders, const Policy& policy) const {
  return RuleSet::compile(TRY(rule_files(std::move(folders))), policy.rule_modules,
                          unswap(embedded_searches()))
      .context("compiling rules");
}

Result<std::string> read_passphrase(std::optional<int> fd) {
  if (!fd) return environment("ASSAY_KEY_PASSPHRASE");
  const std::string text = TRY(read_descriptor(*fd, 1024).context("reading the passphrase"));
  return text.substr(0, text.find('\n'));
}

Result<std::optional<SigningKey>> Home::load_key(const std::string& option,
                                                 std::optional<int> passphrase_fd) const {
  if (option.empty() && !exists(key())) return std::optional<SigningKey>();
  const std::string passphrase = TRY(read_passphrase(passphrase_fd));
  return std::optional(TRY(SigningKey::load(option.empty() ? key() : option, passphrase)));
}

Result<std::unique_ptr<Signer>> Home::load_signer(const std::string& option,
                                                  const std::string& command,
                                                  std::string_view passphrase) const {
  constexpr std::chrono::seconds kPatience{30};
  if (!command.empty()) {
    const std::string file = option.empty() ? public_key() : option;
    const Ed25519Public half = TRY(parse_public_key_pem(TRY(read_file(file, 65536)))
                                       .context("reading the public half of the key"));
    return std::make_unique<CommandSigner>(
        TRY(CommandSigner::create(words_of(command), half, kPatience)));
  }
  if (option.empty() && !exists(key())) return std::unique_ptr<Signer>();
  return std::make_unique<SigningKey>(
      TRY(SigningKey::load(option.empty() ? key() : option, passphrase)));
}

std::vector<KnownRule> known_rules(const RuleSet& rules) {
  std::vector<KnownRule> known;
  for (const RuleMeta& rule : rules.rules()) known.push_back({rule.id, rule.severity});
  return known;
}

Result<ToolInfo> tool_info() {
  const Fd program(::open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
  if (!program) return io_error("cannot read our own program", errno);
  std::string sha256 = TRY(sha256_of(program.get()));
  return ToolInfo{.version = ASSAY_VERSION, .sha256 = std::move(sha256)};
}

}  // namespace assay::cmd
