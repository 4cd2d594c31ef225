// assay rules import: a pack of rules is a bundle like any other before it judges bundles.

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>

#include <CLI/App.hpp>
#include <algorithm>
#include <cerrno>
#include <iterator>
#include <memory>

#include "base/bytes.h"
#include "base/embedded.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/serial.h"
#include "cmd/home.h"
#include "cmd/rules.h"
#include "cmd/terminal.h"
#include "cmd/verify.h"
#include "scan/imported_pack.h"

namespace assay::cmd {
namespace {

Error refused(const std::string& code, std::string_view what) {
  return {.kind = Error::Kind::config,
          .code = code,
          .what = fmt::format("{} [{}]", what, code),
          .hint = "nothing was installed; `assay explain " + code + "` says more"};
}

/// Nothing but a trusted signature makes rules of somebody else's words, whatever the
/// policy asks of other bundles.
Result<void> check_signed(const Report& report) {
  const auto is_met = [](const Answer& answer) {
    return answer.requirement == "trusted-signature" && answer.state == Answer::State::met;
  };
  const bool is_one = report.evidence.vendor.vendors.size() == 1;
  if (is_one && std::ranges::any_of(report.verdict.answers, is_met)) return {};
  return refused("pack-unsigned", "the policy asked for no trusted signature of this pack");
}

/// Every rule file of the bundle was handed out.
Result<void> check_whole(const Accepted& accepted, const Keeping& keep) {
  const auto is_wanted = [&](const Member& member) {
    return member.kind == MemberKind::file && keep.wants(member.path);
  };
  const auto wanted = static_cast<std::size_t>(
      std::ranges::count_if(accepted.report.evidence.members, is_wanted));
  if (wanted == accepted.kept.size()) return {};
  return refused("pack-malformed",
                 fmt::format("{} of its {} files are plain ones within 64 MiB",
                             accepted.kept.size(), wanted));
}

/// As `rules check` does it, with everything it will run beside.
Result<void> check_pack(const Home& home, const ImportedPack& next, const Policy& policy) {
  TRY(refuse_complaints(next.pack.files, policy));
  std::vector<RulePack> packs = TRY(home.rule_packs({}));
  std::erase_if(packs, [&](const RulePack& pack) { return pack.name == next.pack.name; });
  packs.push_back(next.pack);
  TRY(RuleSet::compile(TRY(with_packs(std::move(packs))), policy.rule_modules));
  return {};
}

/// One import at a time, or an older pack could come last.
Result<Fd> lock(const std::string& folder) {
  Fd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd && ::flock(fd.get(), LOCK_EX) == 0) return fd;
  return io_error("cannot lock '" + printable(folder) + "'", errno);
}

Result<void> log_import(const LogRecorder* log, const ImportedPack& next,
                        const std::string& before) {
  if (log == nullptr) return {};
  Json::Object details{{"previousSha256", before},
                       {"bundleSha256", next.bundle_sha256},
                       {"vendor", next.vendor}};
  details.emplace("serial", next.pack.serial);
  const log::Event event{.kind = "rules",
                         .at = system_now(),
                         .subject = next.pack.name,
                         .sha256 = next.sha256,
                         .details = std::move(details)};
  TRY(log->record(event));
  return {};
}

/// Nothing of the old pack changes before the new one is on disk, checked and in the log.
Result<void> install(const Home& home, const ImportedPack& next, const LogRecorder* log) {
  TRY(make_folder(home.packs()));
  const Fd held = TRY(lock(home.packs()));
  const std::string path = home.pack(next.pack.name);
  std::string before;
  if (exists(path)) {
    const ImportedPack installed = TRY(read_imported_file(path));
    TRY(check_replaces(next, installed));
    before = installed.sha256;
  }
  TRY(log_import(log, next, before).context("recording the import in the log"));
  return write_file(path, imported_text(next));
}

Result<void> import_pack(const VerifyOptions& options, const Keeping& keep, Accepted accepted) {
  const Home home = Home::find(options.globals->home);
  const Evidence& evidence = accepted.report.evidence;
  TRY(check_signed(accepted.report));
  TRY(check_whole(accepted, keep));
  ImportedPack next = TRY(pack_of_bundle(std::move(accepted.kept), system_now()));
  next.vendor = evidence.vendor.vendors.front();
  next.bundle_sha256 = evidence.bundle.sha256;
  TRY(check_pack(home, next, accepted.report.policy));
  TRY(install(home, next, accepted.log));
  if (options.globals->quiet) return {};
  return print(fmt::format(
      "imported {}\n", to_text(RulePackInfo{next.pack.name, next.pack.serial, next.sha256})));
}

}  // namespace

Result<ExitCode> run_rules_import(const VerifyOptions& options) {
  const Keeping keep{.endings = {std::begin(kPackEndings), std::end(kPackEndings)},
                     .max_bytes = kMaxPackBytes};
  const bool is_logged = exists(Home::find(options.globals->home).log());
  if (options.verdict == "none" && is_logged) {
    return fail(Error::Kind::usage, "an import is recorded in the log, and so is its verdict",
                "leave --verdict out, or name a file with it");
  }
  Afterwards afterwards{.keep = keep};
  afterwards.with_packs = false;  // their rules find their own words in the next pack's text
  afterwards.act = [&](Accepted accepted) {
    return import_pack(options, keep, std::move(accepted)).context("importing the pack");
  };
  return run_verify(options, afterwards);
}

}  // namespace assay::cmd
