#include "world.h"

#include "bundle/testing.h"
#include "verdict/statement.h"

namespace assay::mutate {
namespace {

constexpr std::int64_t kDay = 86'400;

/// Text that does not pack to nothing, the same in every run.
std::string filler(std::size_t size) {
  std::string text;
  for (std::uint32_t i = 0; text.size() < size; ++i) {
    text += to_hex(digest(HashAlgorithm::sha256, as_bytes(std::to_string(i)))) + "\n";
  }
  return text.substr(0, size);
}

std::string tar_bytes() {
  return testing::tar_of({{.name = "usr/bin/agent", .content = "#!/bin/sh\n" + filler(600)},
                          {.name = "etc/agent.conf", .content = "interval = 60\n"},
                          {.name = "usr/share/agent/table", .content = filler(1800)}});
}

std::string packed_files(const std::string& command) {
  return testing::packed_by("touch -d @1700000000 agent table && " + command,
                            {{"agent", "#!/bin/sh\n" + filler(500)}, {"table", filler(1200)}});
}

struct Bundle {
  std::string format, bytes;
};
std::vector<Bundle> bundles() {
  const std::string tar = tar_bytes();
  const auto tar_by = [&](const std::string& command) {
    return testing::filtered(command, tar);
  };
  return {
      {"bare", "#!/bin/sh\n" + filler(2000)},
      {"tar", tar},
      {"tar.gz", tar_by("gzip -n")},
      {"tar.xz", tar_by("xz")},
      {"tar.zst", tar_by("zstd -q")},
      {"tar.bz2", tar_by("bzip2")},
      {"zip", packed_files("zip -qX out.zip agent table && mv out.zip out")},
      {"cpio", packed_files("printf 'agent\\ntable\\n' | cpio -o -H newc > out")},
      {"deb", "!<arch>\n" + testing::ar_member("debian-binary", "2.0\n") +
                  testing::ar_member("control.tar",
                                     testing::tar_of({{.name = "control", .content = "x"}})) +
                  testing::ar_member("data.tar.gz", tar_by("gzip -n"))}};
}

World make_world(const Ground& ground, const Bundle& bundle) {
  const std::string name = "agent-1.4." + bundle.format;
  World world{.format = bundle.format, .bundle = bundle.bytes};
  const Subject subject = subject_of(name, bundle.bytes);
  world.signature = ground.vendor.sign(bundle.bytes, "timestamp:1780000000\tfile:" + name);
  world.list = subject.sha256 + "  " + name + "\n" + std::string(64, '0') + "  other.zip\n";
  world.list_signature = ground.vendor.sign(world.list, "file:SHA256SUMS");
  world.verdict = sealed(ground, subject, sha256_hex(as_bytes(ground.policy)));
  return world;
}

}  // namespace

Ground::Ground() : signer(SigningKey::generate().take()), policy(built_in_policy("strict")) {
  test::put_vendor(folder.path(), "acme", "\"agent-*\"", "acme-2026", vendor);
  store = TrustStore::load(folder.path(), test::all_formats()).take();
  gate.keys = {{.name = "ci",
                .public_key = signer.public_key(),
                .verifier_id = "urn:assay:verifier:" + key_id(signer.public_key())}};
  gate.policies = {"urn:assay:policy:strict"};
  gate.policy_sha256 = {sha256_hex(as_bytes(policy))};
  gate.max_age = 7 * kDay;
}

GateConfig Ground::gate_with_log() const {
  GateConfig config = gate;
  config.log = GateLogConfig{.vkey = "of the log that is asked"};
  return config;
}

std::vector<World> make_worlds(const Ground& ground) {
  std::vector<World> worlds;
  for (const Bundle& bundle : bundles()) worlds.push_back(make_world(ground, bundle));
  return worlds;
}

std::string sealed(const Ground& ground, const Subject& file, const std::string& policy_sha256,
                   const Signer* signer) {
  Report report;
  report.evidence.bundle = file;
  report.evidence.format = "tar";
  report.evidence.contents_sha256 = std::string(64, 'c');
  report.evidence.sandbox = "seccomp+landlock7";
  report.evidence.coverage.complete = true;
  report.evidence.rules = {.serial = 20260530, .sha256 = std::string(64, 'd'), .loaded = 40};
  report.evidence.vendor = {.vendors = {"acme"}, .product = "acme"};
  report.evidence.trust_sha256 = ground.store.sha256();
  report.policy.id = ground.gate.policies.front();
  report.policy.serial = 1;
  report.policy.sha256 = policy_sha256;
  report.verdict.outcome = Outcome::passed;
  for (const std::string name : {"one-vendor", "trusted-signature", "fully-examined"}) {
    report.verdict.answers.push_back({.requirement = name, .state = Answer::State::met});
  }
  report.tool = {.version = "0.1.0",
                 .sha256 = std::string(64, '2'),
                 .verifier_id = ground.gate.keys.front().verifier_id};
  report.effective_time = kNow;
  const RunInfo run{
      .started = kNow, .finished = {kNow.seconds + 1}, .not_after = {kNow.seconds + 7 * kDay}};
  return seal(report, run, signer == nullptr ? ground.signer : *signer).take();
}

Subject subject_of(std::string name, std::string_view bytes) {
  return {.name = std::move(name),
          .size = bytes.size(),
          .sha256 = sha256_hex(as_bytes(bytes)),
          .sha512 = to_hex(digest(HashAlgorithm::sha512, as_bytes(bytes)))};
}

}  // namespace assay::mutate
