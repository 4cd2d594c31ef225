// Home: the folder that holds trust store, policy, keys and gate file, and
// what the commands load from it.
//   trust/  policy.toml  gate.toml  rules/  packs/  keys/verdict.pem  keys/verdict.pub.pem
//   log/  keys/log.pem  keys/log.vkey  state/log.checkpoint

#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "crypto/key.h"
#include "model/policy.h"
#include "model/verdict.h"
#include "policy/policy.h"
#include "scan/imported_pack.h"
#include "scan/rules.h"
#include "trust/store.h"

namespace assay::cmd {

/// A policy file, and how messages call it: its path, or "built-in:baseline".
struct PolicyText {
  std::string text{}, source{};
};

class Home {
 public:
  /// --home, else $ASSAY_HOME, else the user's configuration folder
  /// ($XDG_CONFIG_HOME/assay or ~/.config/assay), else /etc/assay if the
  /// former is not there. The folder need not exist.
  static Home find(const std::string& option);

  const std::string& path() const { return path_; }
  std::string trust() const { return path_ + "/trust"; }
  std::string policy() const { return path_ + "/policy.toml"; }
  std::string gate() const { return path_ + "/gate.toml"; }
  std::string rules() const { return path_ + "/rules"; }
  std::string packs() const { return path_ + "/packs"; }
  std::string pack(const std::string& name) const { return packs() + "/" + name + ".pack"; }
  std::string waivers() const { return path_ + "/waivers"; }
  std::string key() const { return path_ + "/keys/verdict.pem"; }
  std::string log() const { return path_ + "/log"; }
  std::string log_key() const { return path_ + "/keys/log.pem"; }
  std::string log_vkey() const { return path_ + "/keys/log.vkey"; }
  std::string log_memory() const { return path_ + "/state/log.checkpoint"; }
  std::string gate_index() const { return path_ + "/state/gate-index.json"; }
  std::string history() const { return path_ + "/state/history.jsonl"; }
  std::string public_key() const { return path_ + "/keys/verdict.pub.pem"; }

  /// The store under trust/; an empty one if there is no such folder.
  Result<TrustStore> load_trust() const;
  /// `option` is a file or a built-in name; else policy.toml, else "baseline".
  Result<PolicyText> find_policy(const std::string& option) const;
  Result<Policy> load_policy(const std::string& option, Time now) const;
  /// Those of waivers/ that are for the bundles, told by digest at judging, and the files
  /// named by hand.
  Result<std::vector<Waiver>> load_waivers(const std::vector<std::string>& files,
                                           const std::vector<Approver>& approvers) const;
  /// The packs in `folders`, else the one in rules/ and those that were imported.
  Result<std::vector<RulePack>> rule_packs(std::vector<std::string> folders) const;
  /// The built-in rules, and these beside them.
  Result<std::vector<RuleFile>> rule_files(std::vector<std::string> folders) const;
  /// The same, compiled; `policy` says which modules they may import.
  Result<RuleSet> load_rules(std::vector<std::string> folders, const Policy& policy) const;
  /// `option` is a key file; else keys/verdict.pem if it is there, else none.
  /// The passphrase comes from `passphrase_fd` or ASSAY_KEY_PASSPHRASE.
  Result<std::optional<SigningKey>> load_key(const std::string& option,
                                             std::optional<int> passphrase_fd) const;
  /// What signs: the key of `option` or keys/verdict.pem, or, if `command` is given, that
  /// program, for whose key `option` or keys/verdict.pub.pem has the public half. Null if
  /// there is no key.
  Result<std::unique_ptr<Signer>> load_signer(const std::string& option,
                                              const std::string& command,
                                              std::string_view passphrase) const;

 private:
  explicit Home(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

/// A pack under packs/.
Result<ImportedPack> read_imported_file(const std::string& path);

/// A policy of its text; `now` decides whether it has expired.
Result<Policy> parse_policy(const PolicyText& found, Time now);

/// What --sign-command is.
inline constexpr const char* kSignCommandHelp =
    "a program, by its absolute path, and its arguments, that signs instead of a key file: "
    "the message on its standard input, 64 bytes out; --key is then the public half";

/// The passphrase for a key file: the first line of `fd`, else
/// ASSAY_KEY_PASSPHRASE, else empty.
Result<std::string> read_passphrase(std::optional<int> fd);

/// What a policy can speak of.
std::vector<KnownRule> known_rules(const RuleSet& rules);

/// This program: version and the digest of its own file.
Result<ToolInfo> tool_info();

bool exists(const std::string& path);

}  // namespace assay::cmd
