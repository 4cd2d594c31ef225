// msi: Authenticode in packages of Windows Installer. signing.md 3.8; layout: [MS-CFB]. Two
// streams hold it: the PKCS#7 message, and a digest of the names and sizes of all others,
// without which the signature is over their contents alone, one behind the other.

#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.h"
#include "bundle/cfb.h"
#include "crypto/der.h"
#include "trust/authenticode.h"
#include "trust/file_access.h"
#include "trust/file_bytes.h"
#include "trust/formats.h"

namespace assay {
namespace {

constexpr std::u16string_view kMessage = u"\5DigitalSignature";
constexpr std::u16string_view kNames = u"\5MsiDigitalSignatureEx";
constexpr std::uint64_t kClsid = 80;  // in an entry's record
constexpr std::uint64_t kMostMessage = std::uint64_t{16} << 20;

std::string little(std::uint64_t value, std::size_t size) {
  std::string bytes;
  for (std::size_t i = 0; i < size; ++i) bytes += static_cast<char>(value >> 8 * i & 0xffU);
  return bytes;
}

std::string raw_name(const CfbEntry& entry) {
  std::string raw;
  for (const char16_t unit : entry.name) raw += little(unit, 2);
  return raw;
}

std::vector<ByteRange> ranges_of(const CfbEntry& entry) {
  std::vector<ByteRange> ranges;
  for (const cfb::Extent& extent : entry.content)
    ranges.push_back({extent.offset, extent.size});
  return ranges;
}

/// The package as its signature sees it.
class Package {
 public:
  explicit Package(Cfb cfb) : cfb_(std::move(cfb)) {}

  const CfbEntry& root() const { return cfb_.root(); }

  /// A stream of the root by that very name, or null.
  const CfbEntry* stream(std::u16string_view name) const {
    for (const std::size_t child : root().children) {
      const CfbEntry& entry = cfb_.entries[child];
      if (entry.is_stream && entry.name == name) return &entry;
    }
    return nullptr;
  }

  /// Every stream's content, and behind that of a storage the storage's class.
  std::vector<ByteRange> content() const {
    std::vector<ByteRange> ranges;
    visit([](const CfbEntry&) {},
          [&](const CfbEntry& entry) {
            for (const ByteRange& range : ranges_of(entry)) ranges.push_back(range);
            if (!entry.is_stream) ranges.push_back({entry.record + kClsid, entry.clsid.size()});
          });
    return ranges;
  }

  /// What is said of each entry but the content: the root first, storages before what is in
  /// them.
  std::string metadata() const {
    std::string bytes;
    visit(
        [&](const CfbEntry& entry) {
          const bool is_root = &entry == &root();
          if (!is_root) bytes += raw_name(entry);
          bytes += entry.is_stream ? little(entry.size, 4) : std::string(as_text(entry.clsid));
          bytes += little(entry.state, 4);
          if (!is_root) bytes += little(entry.created, 8) + little(entry.modified, 8);
        },
        [](const CfbEntry&) {});
    return bytes;
  }

 private:
  /// In the order in which signers go: siblings by their names' bytes, with the zero at the
  /// end, as far as both go. `before` and `behind` what is in an entry.
  template <class Before, class Behind>
  void visit(const Before& before, const Behind& behind) const {
    struct Step {
      std::size_t entry = 0;
      bool is_over = false;
    };
    std::vector<Step> steps{{}};
    while (!steps.empty()) {
      Step& step = steps.back();
      const CfbEntry& entry = cfb_.entries[step.entry];
      if (step.is_over) {
        behind(entry);
        steps.pop_back();
        continue;
      }
      step.is_over = true;
      before(entry);
      for (const std::size_t child : signed_children(entry)) steps.push_back({child});
    }
  }

  /// The last first.
  std::vector<std::size_t> signed_children(const CfbEntry& storage) const {
    std::vector<std::pair<std::string, std::size_t>> named;
    for (const std::size_t child : storage.children) {
      const CfbEntry& entry = cfb_.entries[child];
      const bool is_signature = &storage == &root() && entry.is_stream &&
                                (entry.name == kMessage || entry.name == kNames);
      if (!is_signature) named.emplace_back(raw_name(entry) + std::string(2, '\0'), child);
    }
    std::ranges::sort(named, std::greater());
    std::vector<std::size_t> children;
    for (const auto& one : named) children.push_back(one.second);
    return children;
  }

  Cfb cfb_;
};

/// True if the name of a signature's stream stands anywhere.
Result<bool> speaks_of_signature(const SignedFile& file) {
  std::string name;
  for (const char16_t unit : kMessage) name += little(unit, 2);
  std::string kept;
  bool found = false;
  TRY(file.read([&](Bytes piece) {
    kept += as_text(piece);
    found = found || kept.find(name) != kept.npos;
    if (kept.size() >= name.size()) kept.erase(0, kept.size() - name.size() + 1);
  }));
  return found;
}

/// Nothing if the file is none, or is not signed. A broken one that is signed fails.
Result<std::optional<Package>> read_package(const SignedFile& file) {
  constexpr std::string_view kMagic = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";
  if (TRY(bytes_at(file, 0, kMagic.size())) != kMagic) return std::nullopt;
  auto cfb = read_cfb(FileAccess(file), Limits{});
  if (!cfb) {
    if (TRY(speaks_of_signature(file))) return cfb.error();
    return std::nullopt;
  }
  Package package(std::move(cfb).take());
  if (package.stream(kMessage) == nullptr) return std::nullopt;
  return std::optional<Package>(std::move(package));
}

/// What those not under `names` have under their signature is no name: nobody signed any.
std::optional<HashAlgorithm> algorithm_of(const CfbEntry* names) {
  if (names == nullptr) return std::nullopt;
  switch (names->size) {
    case 32: return HashAlgorithm::sha256;
    case 48: return HashAlgorithm::sha384;
    case 64: return HashAlgorithm::sha512;
    default: return std::nullopt;
  }
}

/// The root's own times: what nobody signs must be what signers leave there. A FILETIME of
/// 1993 or later, or none.
Result<void> check_root(const CfbEntry& root) {
  constexpr std::uint64_t kFirst = 0x01b4'0000'0000'0000, kLast = 0x0300'0000'0000'0000;
  const bool is_time = root.modified >= kFirst && root.modified < kLast;
  if (root.created == 0 && (root.modified == 0 || is_time)) return {};
  return malformed("signature-malformed",
                   "its root holds something where the signature covers nothing");
}

/// The message's own bytes: all of its stream.
Result<std::vector<ByteRange>> message_place(const SignedFile& file, const CfbEntry& stream) {
  if (stream.size > kMostMessage) {
    return undecided(
        "limit-signature-bytes",
        fmt::format("its signature has {} bytes, and {} are read", stream.size, kMostMessage));
  }
  const std::vector<ByteRange> place = ranges_of(stream);
  std::string bytes;
  for (const ByteRange& range : place) bytes += TRY(bytes_at(file, range.offset, range.size));
  std::string_view slack = bytes;
  if (!take_der(slack, der::kSequence)) {
    return malformed("signature-malformed", "its signature is no DER");
  }
  if (!slack.empty()) {
    return malformed(
        "signature-slack",
        fmt::format("{} bytes follow the signature in its own stream", slack.size()));
  }
  return place;
}

/// What none of these ranges covers: tables and directory, which read_cfb has held to one
/// meaning, and zeros.
std::vector<ByteRange> around(std::vector<ByteRange> covered, std::uint64_t size) {
  std::ranges::sort(covered, {}, &ByteRange::offset);
  std::vector<ByteRange> rest;
  std::uint64_t end = 0;
  for (const ByteRange& range : covered) {
    if (range.offset > end) rest.push_back({end, range.offset - end});
    end = std::max(end, range.offset + range.size);
  }
  if (size > end) rest.push_back({end, size - end});
  return rest;
}

/// The same for the signature's own streams: a stream has no times.
Result<void> check_stream(const CfbEntry& stream) {
  if (stream.state == 0 && stream.created == 0 && stream.modified == 0) return {};
  return malformed("signature-malformed",
                   "its streams hold something where the signature covers nothing");
}

Result<std::vector<EmbeddedSignature>> found_in(const SignedFile& file, const Package& package,
                                                const CfbEntry* names) {
  TRY(check_root(package.root()));
  TRY(check_stream(*package.stream(kMessage)));
  if (names != nullptr) TRY(check_stream(*names));
  EmbeddedSignature found{.name = "[5]DigitalSignature"};
  found.place = TRY(message_place(file, *package.stream(kMessage)));
  if (names != nullptr) found.message = ranges_of(*names);
  for (const ByteRange& range : package.content()) found.message.push_back(range);
  std::vector<ByteRange> covered = found.message;
  covered.insert(covered.end(), found.place.begin(), found.place.end());
  found.container = around(std::move(covered), file.size());
  return std::vector{std::move(found)};
}

Result<std::vector<EmbeddedSignature>> find(const SignedFile& bundle) {
  const auto package = TRY(read_package(bundle));
  std::vector<EmbeddedSignature> none;
  if (!package) return none;
  const CfbEntry* const names = package->stream(kNames);
  const auto algorithm = algorithm_of(names);
  if (!algorithm) return none;
  std::string told;
  for (const ByteRange& range : ranges_of(*names)) {
    told += TRY(bytes_at(bundle, range.offset, range.size));
  }
  if (as_text(digest(*algorithm, as_bytes(package->metadata()))) != told) {
    return malformed("bad-signature",
                     "the names, sizes or times of its streams are not what was signed");
  }
  return found_in(bundle, *package, names);
}

/// Those whose names nobody signed, or by a digest that proves nothing.
Result<std::vector<EmbeddedSignature>> find_bare(const SignedFile& bundle) {
  const auto package = read_package(bundle);
  std::vector<EmbeddedSignature> none;
  if (!package && package.error().kind == Error::Kind::io) return package.error();
  if (!package || !*package) return none;  // `find` has said what is wrong
  const CfbEntry* const names = (*package)->stream(kNames);
  if (algorithm_of(names)) return none;
  return found_in(bundle, **package, names);
}

Result<std::vector<Signature>> verify(const SignatureQuestion& question) {
  return verify_authenticode(question, kSpcSip);
}

Result<std::vector<Signature>> verify_bare(const SignatureQuestion& question) {
  auto answers = TRY(verify_authenticode(question, kSpcSip));
  for (Signature& one : answers) {
    if (!one.reason.empty()) continue;
    refuse(one, "unsigned-names", "nobody signed the names and sizes of the package's streams");
  }
  return answers;
}

}  // namespace

extern const EmbeddedFormat msi_format = {.name = "msi", .find = find, .verify = verify};
extern const EmbeddedFormat msi_bare_format = {
    .name = "msi-bare", .find = find_bare, .verify = verify_bare};

}  // namespace assay
