// msi: packages, patches and transforms of Windows Installer, which are compound files
// ([MS-CFB]). Each stream is a member, by its unpacked name; so is a list of what the package
// runs when it is installed.

#include <algorithm>
#include <array>

#include "bundle/cfb.h"
#include "bundle/msi_name.h"
#include "bundle/msi_tables.h"
#include "bundle/stream.h"

namespace assay {
namespace {

using namespace std::string_view_literals;

bool matches(Bytes head) {
  return as_text(head).starts_with("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"sv);
}

/// Where Authenticode has its signatures (trust/msi.cc).
constexpr std::u16string_view kSignatures[] = {u"\5DigitalSignature",
                                               u"\5MsiDigitalSignatureEx"};

/// The root of documents and mail has another class: {000C1084-...}, 1086 for patches, 1082
/// for transforms.
bool is_installer(const CfbEntry& root) {
  constexpr std::string_view kRest("\x10\x0c\0\0\0\0\0\xc0\0\0\0\0\0\0\x46", 15);
  const std::string_view clsid = as_text(root.clsid);
  return "\x82\x84\x86"sv.find(clsid[0]) != std::string_view::npos && clsid.substr(1) == kRest;
}

class MsiReader final : public MemberReader {
 public:
  MsiReader(const RandomAccess& bytes, Cfb cfb) : bytes_(bytes), cfb_(std::move(cfb)) {
    for (const std::size_t child : cfb_.root().children) {
      const CfbEntry& entry = cfb_.entries[child];
      if (!entry.is_stream ||
          std::ranges::find(kSignatures, entry.name) == std::end(kSignatures))
        continue;
      cfb_.ledger.member -= entry.size;
      cfb_.ledger.signature += entry.size;
    }
    parents_.resize(cfb_.entries.size());
    auto actions = msi_actions([&](std::string_view name) { return stream(name); });
    if (actions) {
      actions_ = std::move(actions).take();
    } else {
      fault_ = actions.error();
    }
  }

  Result<std::optional<Entry>> next() override {
    extent_ = 0;
    done_ = 0;
    if (++at_ == cfb_.entries.size() && !actions_.empty()) {
      return std::optional<Entry>(Entry{.name = "%CustomAction",
                                        .kind = MemberKind::file,
                                        .mode = 0644,
                                        .declared_size = actions_.size()});
    }
    if (at_ >= cfb_.entries.size()) return end();
    const CfbEntry& it = cfb_.entries[at_];
    for (const std::size_t child : it.children) parents_[child] = at_;
    Entry entry{.name = path(), .kind = MemberKind::directory, .mode = 0755};
    if (it.is_stream) {
      entry.kind = MemberKind::file;
      entry.mode = 0644;
      entry.declared_size = it.size;
    }
    return std::optional<Entry>(std::move(entry));
  }

  Result<Bytes> read() override {
    if (at_ >= cfb_.entries.size()) {
      const Bytes all = as_bytes(std::string_view(actions_).substr(done_));
      done_ = actions_.size();
      return all;
    }
    const auto& content = cfb_.entries[at_].content;
    if (extent_ == content.size()) return Bytes{};
    const cfb::Extent& extent = content[extent_];
    buffer_.resize(std::min<std::uint64_t>(kPiece, extent.size - done_));
    if (TRY(bytes_.read_at(extent.offset + done_, buffer_)) != buffer_.size()) {
      return malformed("truncated", "msi: it ends early");
    }
    done_ += buffer_.size();
    if (done_ == extent.size) {
      ++extent_;
      done_ = 0;
    }
    return Bytes(buffer_);
  }

  Ledger ledger() const override { return cfb_.ledger; }

 private:
  /// What a document does with its streams, such as run macros, is not known here.
  Result<std::optional<Entry>> end() const {
    if (fault_) return *fault_;
    if (is_installer(cfb_.root())) return std::optional<Entry>{};
    return undecided("unsupported-container",
                     "a compound file that is no package of Windows Installer");
  }

  static constexpr std::size_t kPiece = std::size_t{1} << 20;
  static constexpr std::uint64_t kTableMax = std::uint64_t{64} << 20;

  /// A stream of the root's, whole; empty if there is none.
  Result<std::string> stream(std::string_view name) const {
    std::string bytes;
    for (const std::size_t child : cfb_.root().children) {
      const CfbEntry& entry = cfb_.entries[child];
      if (!entry.is_stream || msi_name(entry.name) != name) continue;
      if (entry.size > kTableMax) {
        return undecided("limit-decoder-memory", "msi: a table is too large");
      }
      for (const cfb::Extent& extent : entry.content) {
        const std::size_t at = bytes.size();
        bytes.resize(at + extent.size);
        const std::span<char> room = std::span(bytes).subspan(at);
        if (TRY(bytes_.read_at(extent.offset, std::as_writable_bytes(room))) != extent.size) {
          return malformed("truncated", "msi: it ends early");
        }
      }
    }
    return bytes;
  }

  /// Of the current entry, from the root on.
  std::string path() const {
    std::string path = msi_name(cfb_.entries[at_].name);
    for (std::size_t up = parents_[at_]; up != 0; up = parents_[up]) {
      path.insert(0, msi_name(cfb_.entries[up].name) + "/");
    }
    return path;
  }

  const RandomAccess& bytes_;
  Cfb cfb_;
  std::vector<std::size_t> parents_{};  ///< of those seen
  std::size_t at_ = 0;                  ///< the current entry; the root is none
  std::size_t extent_ = 0;
  std::uint64_t done_ = 0;  ///< of the current extent
  std::vector<std::byte> buffer_{};
  std::string actions_{};  ///< a member that stands in no stream
  std::optional<Error> fault_{};
};

Result<std::unique_ptr<MemberReader>> open(const RandomAccess& bytes, const Limits& limits) {
  return std::unique_ptr<MemberReader>(
      std::make_unique<MsiReader>(bytes, TRY(read_cfb(bytes, limits))));
}

}  // namespace

extern constinit const Container msi_container = {"msi", matches, nullptr, open};

}  // namespace assay
