#include "log_world.h"

#include <filesystem>

#include "log/append.h"
#include "log/audit.h"
#include "verify/gate_log.h"

namespace assay::mutate {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kDay = 86'400;
constexpr int kFiller = 257;  // so that there is a full tile, one of two, and one above them

std::string verdict_line(const std::string& verdict) {
  const std::size_t start = verdict.find('\n') + 1;
  return verdict.substr(start, verdict.size() - start - 1);
}

log::Folder make_log(const std::string& path, const Signer& key, const std::string& verdict,
                     std::string& proof) {
  log::Folder folder = log::Folder::create(path, "mutate.example/log", key).take();
  std::vector<std::string> entries;
  for (int i = 0; i < kFiller; ++i) entries.push_back("filler " + std::to_string(i));
  entries.push_back(verdict_line(verdict));
  proof = log::format_proof(log::append(folder, entries, key).take().back());
  return folder;
}

/// A copy of the log that is this thread's alone.
const std::string& own_copy(const std::string& original) {
  thread_local const test::TempFolder folder;
  thread_local const std::string path = [&] {
    std::string copy = folder / "log";
    fs::copy(original, copy, fs::copy_options::recursive);
    return copy;
  }();
  return path;
}

}  // namespace

LogWorld::LogWorld(const Ground& ground)
    : ground_(ground),
      key_(SigningKey::generate().take()),
      stranger_(SigningKey::generate().take()) {
  const std::string policy = sha256_hex(as_bytes(ground.policy));
  verdict_ = sealed(ground, file_, policy);
  other_verdict_ = sealed(ground, other_, policy);
  strangers_verdict_ = sealed(ground, file_, policy, &stranger_);
  const log::Folder log = make_log(folder_ / "log", key_, verdict_, proof_);
  if (!write_file(folder_ / "ci.pem", public_key_pem(ground.signer.public_key()))) std::abort();
  gate_toml_ =
      "schema = \"assay-gate/1\"\npolicies = [\"urn:assay:policy:strict\"]\npolicy_sha256 = "
      "[\"" +
      policy + "\"]\nmax_age = \"7d\"\n[log]\nvkey = \"" + log::to_vkey(log.key()) +
      "\"\n[[key]]\nname = \"ci\"\nfile = \"ci.pem\"\n";
}

std::map<std::string, std::string> LogWorld::files() const {
  std::map<std::string, std::string> files;
  const fs::path root = folder_ / "log";
  files["checkpoint"] = read_file((root / "checkpoint").string()).take();
  for (const auto& entry : fs::recursive_directory_iterator(root / "tile")) {
    if (!entry.is_regular_file()) continue;
    files[entry.path().lexically_relative(root).string()] =
        read_file(entry.path().string()).take();
  }
  return files;
}

bool LogWorld::admits(const std::string& proof) const {
  const log::NoteKey key{.name = "mutate.example/log", .public_key = key_.public_key()};
  ProvenLog log(key, proof, std::nullopt, {});
  return decide(ground_.gate_with_log(), {.verdict_file = verdict_,
                                          .artifact = file_,
                                          .now = {kNow.seconds + 60},
                                          .log = &log})
      .accepted;
}

bool LogWorld::is_sound(const std::string& name, const std::string& changed) const {
  const std::string path = own_copy(folder_ / "log");
  const std::string file = path + "/" + name;
  std::FILE* const out = std::fopen(file.c_str(), "w");
  if (out == nullptr || std::fwrite(changed.data(), 1, changed.size(), out) != changed.size()) {
    std::abort();
  }
  std::fclose(out);
  const auto folder = log::Folder::open(path);
  const bool sound = folder && log::fsck(*folder, folder->key()).empty();
  fs::copy_file(folder_ / ("log/" + name), file, fs::copy_options::overwrite_existing);
  return sound;
}

LogWorld::Taken LogWorld::taken_by(const std::string& gate_toml) const {
  Taken taken;
  const auto config = load_gate_config(gate_toml, folder_ / "gate.toml");
  if (!config) return taken;
  const auto takes = [&](const std::string& verdict, const Subject& file, std::int64_t later,
                         bool logged) {
    log::NoteKey key{};
    if (config->log) {
      const auto parsed = log::parse_vkey(config->log->vkey);
      if (!parsed) return false;
      key = *parsed;
    }
    ProvenLog log(key, logged ? proof_ : std::string(), std::nullopt, {});
    return decide(*config, {.verdict_file = verdict,
                            .artifact = file,
                            .now = {kNow.seconds + later},
                            .log = config->log ? &log : nullptr})
        .accepted;
  };
  taken.good = takes(verdict_, file_, 60, true);
  taken.bait = takes(strangers_verdict_, file_, 60, true) ||
               takes(verdict_, other_, 60, true) || takes(verdict_, file_, 1000 * kDay, true) ||
               takes(verdict_, file_, 60, false) || takes(other_verdict_, other_, 60, true);
  return taken;
}

}  // namespace assay::mutate
