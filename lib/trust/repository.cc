// The chain, link by link: nothing of a file is used before its size and digest
// are those that the link before it names.

#include "trust/repository.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/bytes.h"
#include "base/file.h"
#include "bundle/unpack.h"
#include "crypto/digest.h"
#include "trust/debian_release.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kReleaseMax = std::size_t{16} << 20;
constexpr std::size_t kPackagesMax = std::size_t{128} << 20;
constexpr std::int64_t kSkew = 300;  // seconds between two clocks
constexpr std::string_view kPackages = "/Packages";

Result<std::optional<Sidecar>> read_if_there(const std::string& folder, std::string_view name) {
  const fs::path path = fs::path(folder) / name;
  std::error_code error;
  if (fs::symlink_status(path, error).type() == fs::file_type::not_found) {
    return std::optional<Sidecar>();
  }
  auto bytes = TRY(read_file(path.string(), kReleaseMax));
  return std::optional(Sidecar{std::string(name), std::move(bytes)});
}

/// What the chain says in the end.
struct Answer {
  std::string reason = "not-judged";  ///< empty: the package is the bundle
  std::string detail{};
  std::string version{};
  std::string repository{};    ///< as the Release calls itself
  std::optional<Time> date{};  ///< that it gives itself
};

Answer answer(std::string reason, std::string detail) {
  return {.reason = std::move(reason), .detail = std::move(detail)};
}

/// Why the files behind a Release are not looked at, if they are not.
std::optional<Answer> out_of_time(const DebianRelease& release, Time now) {
  if (release.date.seconds > now.seconds + kSkew) {
    return answer("future-metadata",
                  "says it was made " + to_rfc3339(release.date) + ", which is to come");
  }
  if (release.valid_until && now >= *release.valid_until) {
    return answer("stale-metadata", "was valid until " + to_rfc3339(*release.valid_until));
  }
  return std::nullopt;
}

/// The digests a file must have; nothing if there is none that counts.
std::optional<std::string> mismatch(const DebianFile& named, std::string_view bytes) {
  if (named.sha256.empty() && named.sha512.empty()) return "without a digest that counts";
  if (named.size != bytes.size()) return "with another size";
  const auto differs = [&](const std::string& hex, HashAlgorithm algorithm) {
    return !hex.empty() && to_hex(digest(algorithm, as_bytes(bytes))) != hex;
  };
  if (differs(named.sha256, HashAlgorithm::sha256)) return "with another SHA-256 digest";
  if (differs(named.sha512, HashAlgorithm::sha512)) return "with another SHA-512 digest";
  return std::nullopt;
}

/// A file of the snapshot that is what the Release says. Fails as malformed or undecided.
Result<std::string> named_file(const std::string& folder, const std::string& path,
                               const DebianFile& named) {
  if (named.size.value_or(0) > kPackagesMax) {
    return undecided("limit-list-bytes", fmt::format("{} is larger than the {} bytes that a "
                                                     "list may have",
                                                     path, kPackagesMax));
  }
  std::error_code error;
  const fs::path place = fs::path(folder) / path;
  // Its size first: what is larger than it should be is not read at all.
  const bool fits =
      fs::is_regular_file(place, error) && fs::file_size(place, error) == named.size;
  std::string bytes = fits ? TRY(read_file(place.string(), kPackagesMax)) : std::string();
  const auto why =
      fits ? mismatch(named, bytes) : std::optional<std::string>("with another size");
  if (why) return malformed("digest-mismatch", fmt::format("names {} {}", path, *why));
  return bytes;
}

/// How an index can lie in the folder.
struct Packed {
  std::string_view suffix;
  Packing packing;
};
constexpr Packed kPacked[] = {{".xz", Packing::xz}, {".gz", Packing::gzip}};

/// A file out of a packed one. The Release names both, and is held to both.
Result<std::string> unpacked(const std::string& folder, const std::string& path,
                             const DebianRelease& release, const Packed& packed) {
  const DebianFile& named = release.files.at(path);
  const std::string packed_path = path + std::string(packed.suffix);
  const std::string bytes = TRY(named_file(folder, packed_path, release.files.at(packed_path)));
  if (named.size.value_or(0) > kPackagesMax) {
    return undecided("limit-list-bytes", path + " is larger than a list may be");
  }
  auto text = unpack(packed.packing, as_bytes(bytes), named.size.value_or(0));
  if (!text && text.error().kind == Error::Kind::malformed) {
    return malformed("list-malformed", fmt::format("{}: {}", packed_path, text.error().what));
  }
  if (!text) return text;
  if (const auto why = mismatch(named, *text)) {
    return malformed("digest-mismatch", fmt::format("names {} {}", path, *why));
  }
  return text;
}

/// The Packages file of that path, as it is or out of a packed one; nothing if none is there.
Result<std::optional<std::string>> read_packages(const std::string& folder,
                                                 const std::string& path,
                                                 const DebianRelease& release) {
  const auto is_there = [&](const std::string& name) {
    std::error_code error;
    return release.files.contains(name) && fs::exists(fs::path(folder) / name, error);
  };
  if (is_there(path)) {
    return std::optional(TRY(named_file(folder, path, release.files.at(path))));
  }
  for (const Packed& packed : kPacked) {
    if (!is_there(path + std::string(packed.suffix))) continue;
    return std::optional(TRY(unpacked(folder, path, release, packed)));
  }
  return std::optional<std::string>();
}

/// The paths of the lists in which a package of that name stands.
std::vector<std::string> lists_for(const DebianRelease& release, std::string_view file_name) {
  const std::string_view architecture = debian_architecture(file_name);
  const bool any = architecture.empty() || architecture == "all";
  std::vector<std::string> paths;
  for (const auto& [path, file] : release.files) {
    if (!path.ends_with(kPackages)) continue;
    const std::string_view folder(path.data(), path.size() - kPackages.size());
    const std::string_view last = folder.substr(folder.rfind('/') + 1);
    const bool binary = last.starts_with("binary-");
    if (binary && (any || last.substr(7) == architecture)) paths.push_back(path);
  }
  return paths;
}

/// Whether a stanza is the bundle's.
Result<Answer> compare(const DebianPackage& package, const SignedFile& bundle) {
  const DebianFile& named = package.file;
  if (named.sha256.empty() && named.sha512.empty()) {
    return answer("weak-algorithm", "names the file by MD5 or SHA-1 only");
  }
  if (named.size != bundle.size()) {
    return answer("digest-mismatch", "names the file with another size");
  }
  for (const auto& [hex, algorithm, name] :
       {std::tuple{named.sha256, HashAlgorithm::sha256, "SHA-256"},
        std::tuple{named.sha512, HashAlgorithm::sha512, "SHA-512"}}) {
    if (hex.empty() || to_hex(TRY(bundle.digest(algorithm))) == hex) continue;
    return answer("digest-mismatch",
                  fmt::format("names the file with another {} digest", name));
  }
  return Answer{.reason = "", .detail = "", .version = package.version};
}

/// Every stanza that goes by the bundle's name must be the bundle.
Result<Answer> ask_packages(const Repository& repository, const DebianRelease& release,
                            const SignedFile& bundle) {
  bool any_list = false;
  std::optional<Answer> found;
  for (const std::string& path : lists_for(release, bundle.name())) {
    const auto packages = TRY(read_packages(repository.folder, path, release));
    if (!packages) continue;
    any_list = true;
    for (const DebianPackage& package : TRY(find_debian_package(*packages, bundle.name()))) {
      Answer one = TRY(compare(package, bundle));
      if (!one.reason.empty()) return one;
      one.detail =
          fmt::format("names the file in {}, version {}", path, printable(one.version));
      if (!found) found = std::move(one);
    }
  }
  if (found) return *found;
  if (any_list) return answer("list-not-naming", "does not name the file");
  return answer("incomplete-repository",
                "names no Packages file for it that lies in the folder, plain, .xz or .gz");
}

/// "Debian bookworm": the codename stays when a suite becomes the old one.
std::string name_of(const DebianRelease& release) {
  const std::string& branch = release.codename.empty() ? release.suite : release.codename;
  return fmt::format("{} {}", printable(release.origin), printable(branch));
}

/// Reads the signed text and walks down to the package.
Result<Answer> walk(const Repository& repository, std::string_view text,
                    const SignedFile& bundle, Time now) {
  const DebianRelease release = TRY(parse_debian_release(text));
  Answer found = out_of_time(release, now).value_or(Answer{});
  if (found.detail.empty()) found = TRY(ask_packages(repository, release, bundle));
  found.repository = name_of(release);
  found.date = release.date;
  found.detail =
      fmt::format("{} of {} {}", found.repository, to_rfc3339(release.date), found.detail);
  return found;
}

/// What contradicts itself, or could not be decided, is an answer too.
Result<Answer> ask(const Repository& repository, std::string_view text,
                   const SignedFile& bundle, Time now) {
  auto found = walk(repository, text, bundle, now);
  if (found) return found;
  const Error& error = found.error();
  if (error.kind != Error::Kind::malformed && error.kind != Error::Kind::undecided)
    return found;
  return answer(error.code, error.what);
}

/// What the chain says, in the name of the key that signed its first link.
SignatureRecord chain_record(const Repository& repository, const SignatureRecord& signature,
                             const Answer& chain, const SignedFile& bundle) {
  SignatureRecord record = signature;
  record.source = repository.release.name;
  record.format = "debian-repository";
  record.subject = bundle.name();
  record.is_list = true;
  record.names_file = true;
  record.detail = fmt::format("{}: {}", signature.detail, chain.detail);
  record.verified = signature.verified && chain.reason.empty();
  record.reason = chain.reason;
  record.version = chain.version;
  record.repository = chain.repository;
  record.repository_date = chain.date;
  return record;
}

}  // namespace

Result<Repository> read_repository(const std::string& folder) {
  Repository repository{.folder = folder};
  auto in_release = TRY(read_if_there(folder, "InRelease"));
  if (in_release) {
    repository.release = std::move(*in_release);
    return repository;
  }
  auto release = TRY(read_if_there(folder, "Release"));
  repository.signature = TRY(read_if_there(folder, "Release.gpg"));
  if (!release || !repository.signature) {
    return fail(Error::Kind::usage,
                fmt::format("'{}' holds neither InRelease nor Release with Release.gpg",
                            printable(folder)),
                "give the folder dists/SUITE of a repository, as it was fetched");
  }
  repository.release = std::move(*release);
  return repository;
}

Result<std::vector<SignatureRecord>> check_repository(const TrustQuestion& question,
                                                      const Repository& repository) {
  std::vector<SignatureRecord> records;
  std::vector<std::string> counted;
  for (const SignedText& one :
       TRY(check_text(question, repository.release, repository.signature, "metadata"))) {
    records.push_back(one.record);
    const bool first = std::ranges::find(counted, one.record.key) == counted.end();
    if (!one.record.verified || one.content == nullptr || !first) continue;
    counted.push_back(one.record.key);
    const Answer chain = TRY(ask(repository, *one.content, question.bundle, question.now));
    records.push_back(chain_record(repository, one.record, chain, question.bundle));
  }
  return records;
}

}  // namespace assay
