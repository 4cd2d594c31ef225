// gate.toml: what a gate believes. man/assay-gate.1 lists every key.

#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.h"
#include "base/file.h"
#include "base/toml.h"
#include "verdict/gate.h"

namespace assay {
namespace {

constexpr std::string_view kSchema = "assay-gate/1";
constexpr std::size_t kMaxKeyFile = 65'536;

std::string beside(const std::string& source, const std::string& file) {
  const std::size_t slash = source.rfind('/');
  if (file.starts_with('/') || slash == std::string::npos) return file;
  return source.substr(0, slash + 1) + file;
}

Result<std::vector<std::string>> names(TomlTable& table, std::string_view key) {
  auto values = TRY(table.maybe_strings(key)).value_or(std::vector<std::string>());
  if (std::ranges::find(values, "") == values.end()) return values;
  return table.error_at(key, fmt::format("'{}' holds an empty name", key));
}

Result<std::vector<std::string>> digests(TomlTable& table, std::string_view key) {
  std::vector<std::string> values = TRY(names(table, key));
  const auto is_digest = [](const std::string& hex) {
    return hex.size() == 64 && hex.find_first_not_of("0123456789abcdef") == hex.npos;
  };
  if (std::ranges::all_of(values, is_digest)) return values;
  return table.error_at(key, fmt::format("'{}' holds something that is no digest", key),
                        "write SHA-256 as 64 lower-case hex digits");
}

Result<std::int64_t> least(TomlTable& table, std::string_view key) {
  const std::int64_t value = TRY(table.maybe_integer(key)).value_or(0);
  if (value >= 0) return value;
  return table.error_at(key, fmt::format("'{}' must not be negative", key));
}

/// The weakest wall that is accepted; any, if it does not say.
Result<WallLevel> min_sandbox(TomlTable& table) {
  const auto word = TRY(table.maybe_string("min_sandbox"));
  if (!word) return WallLevel::none;
  const auto level = wall_level_from(*word);
  if (level && *level != WallLevel::none) return *level;
  return table.error_at("min_sandbox", "unknown wall '" + printable(*word) + "'",
                        "it is one of rlimits, landlock, seccomp, seccomp+landlock");
}

Result<std::int64_t> max_age(TomlTable& table) {
  const auto seconds = duration_seconds(TRY(table.string("max_age")));
  if (seconds && *seconds > 0) return *seconds;
  return table.error_at("max_age", "'max_age' must be a span longer than nothing",
                        "write it like 12h, 7d or 4w");
}

Result<Ed25519Public> public_key(TomlTable& table, const std::string& source) {
  const std::string path = beside(source, TRY(table.string("file")));
  const Result<std::string> pem = read_file(path, kMaxKeyFile);
  if (!pem) return table.error_at("file", pem.error().what);
  const Result<Ed25519Public> key = parse_public_key_pem(*pem);
  if (!key) {
    return table.error_at("file", printable(path) + ": " + key.error().what, key.error().hint);
  }
  return *key;
}

Result<GateKey> read_key(TomlTable& table, const std::string& source) {
  GateKey key{.name = TRY(table.string("name"))};
  if (key.name.empty()) return table.error_at("name", "'name' is empty");
  key.public_key = TRY(public_key(table, source));
  key.verifier_id = TRY(table.maybe_string("verifier"))
                        .value_or("urn:assay:verifier:" + key_id(key.public_key));
  key.valid_from = TRY(table.maybe_time("valid_from"));
  key.valid_until = TRY(table.maybe_time("valid_until"));
  if (key.valid_from && key.valid_until && *key.valid_until <= *key.valid_from) {
    return table.error_at("valid_until", "the key's window ends before it begins");
  }
  TRY(table.finish());
  return key;
}

Result<std::vector<GateKey>> read_keys(TomlTable& root, const std::string& source) {
  std::vector<GateKey> keys;
  for (TomlTable& table : TRY(root.tables("key"))) {
    GateKey key = TRY(read_key(table, source));
    for (const GateKey& other : keys) {
      if (other.name == key.name) {
        return table.error_at("name", "a key of this name stands there twice");
      }
      if (other.public_key == key.public_key) {
        return table.error_at("file", "this is the key of '" + printable(other.name) + "'");
      }
    }
    keys.push_back(std::move(key));
  }
  if (keys.empty()) {
    return root.error_at("key", "no [[key]]: this gate believes nobody",
                         "`assay key show` on the verifying host prints its key");
  }
  return keys;
}

/// Who must have seen the log, how many of them, and how lately.
Result<void> read_witnesses(TomlTable& table, GateLogConfig& log) {
  log.witnesses = TRY(names(table, "witnesses"));
  if (log.witnesses.empty()) return {};
  for (auto key = log.witnesses.begin(); key != log.witnesses.end(); ++key) {
    if (std::find(log.witnesses.begin(), key, *key) != key) {
      return table.error_at("witnesses", "a witness stands there twice");
    }
  }
  const std::int64_t all = std::ssize(log.witnesses);
  log.quorum = TRY(table.maybe_integer("quorum")).value_or(all);
  if (log.quorum < 1 || log.quorum > all) {
    return table.error_at("quorum", fmt::format("'quorum' must be 1 to {}", all));
  }
  const auto seconds = duration_seconds(TRY(table.string("max_witness_age")));
  if (!seconds || *seconds <= 0) {
    return table.error_at("max_witness_age",
                          "'max_witness_age' must be a span longer than nothing",
                          "write it like 12h, 7d or 4w");
  }
  log.max_witness_age = *seconds;
  return {};
}

Result<std::optional<GateLogConfig>> read_log(TomlTable& root, const std::string& source) {
  std::optional<TomlTable> table = TRY(root.maybe_table("log"));
  if (!table) return std::optional<GateLogConfig>();
  GateLogConfig log{.vkey = TRY(table->string("vkey"))};
  if (log.vkey.empty()) {
    return table->error_at("vkey", "'vkey' is empty", "`assay log key` prints it");
  }
  if (const auto mirror = TRY(table->maybe_string("mirror"))) {
    if (mirror->empty()) return table->error_at("mirror", "'mirror' is empty");
    log.mirror = beside(source, *mirror);
  }
  TRY(read_witnesses(*table, log));
  TRY(table->finish());
  return std::optional(std::move(log));
}

Result<void> check_schema(TomlTable& root) {
  if (TRY(root.string("schema")) == kSchema) return {};
  return root.error_at("schema", fmt::format("'schema' must be \"{}\"", kSchema),
                       "a newer form needs a newer assay");
}

}  // namespace

Result<GateConfig> load_gate_config(std::string text, const std::string& source) {
  TomlTable root = TRY(TomlTable::parse(std::move(text), source));
  TRY(check_schema(root));
  GateConfig config;
  TRY(root.strings("policies"));
  config.policies = TRY(names(root, "policies"));
  if (config.policies.empty()) {
    return root.error_at("policies", "'policies' is empty: this gate accepts none");
  }
  config.policy_sha256 = TRY(digests(root, "policy_sha256"));
  config.trust_sha256 = TRY(digests(root, "trust_sha256"));
  config.levels = TRY(names(root, "levels"));
  config.min_sandbox = TRY(min_sandbox(root));
  config.audience = TRY(names(root, "audience"));
  config.waivers = TRY(names(root, "waivers"));
  config.min_policy_serial = TRY(least(root, "min_policy_serial"));
  config.min_rules_serial = TRY(least(root, "min_rules_serial"));
  config.max_age = TRY(max_age(root));
  config.resource = TRY(root.maybe_string("resource")).value_or(std::string());
  config.log = TRY(read_log(root, source));
  config.keys = TRY(read_keys(root, source));
  TRY(root.finish());
  return config;
}

}  // namespace assay
