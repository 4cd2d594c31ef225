// Sidecars: what stands beside a bundle under a name that says it speaks for it.

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <optional>

#include "base/bytes.h"
#include "base/file.h"
#include "trust/check.h"
#include "trust/lists.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxBytes = std::size_t{16} << 20;
constexpr std::size_t kMaxSidecars = 64;

Error too_many() {
  return fail(
      Error::Kind::io,
      fmt::format("more than {} signatures and checksum lists beside the bundle", kMaxSidecars),
      "put the bundle and what belongs to it in a folder of its own");
}

/// A folder of that name is no sidecar; anything else that stands there, a link
/// that leads nowhere too, must be readable.
Result<std::optional<Sidecar>> read_if_there(const fs::path& path) {
  std::error_code error;
  const bool absent = fs::symlink_status(path, error).type() == fs::file_type::not_found;
  if (absent || fs::is_directory(path, error)) return std::optional<Sidecar>();
  auto bytes = read_file(path.string(), kMaxBytes);
  if (bytes) return std::optional(Sidecar{path.filename().string(), std::move(*bytes)});
  bytes.error().kind = Error::Kind::io;  // it is there, and nobody ordered it
  return std::move(bytes.error());
}

/// Base names of the checksum lists in the folder and of what is named as their
/// signature, sorted by their bytes.
Result<std::vector<std::string>> lists_in(const fs::path& folder, const TrustFormats& formats) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    std::string name = entry->path().filename().string();
    if (is_list_name(name) || is_list_name(signed_name(name, formats))) {
      names.push_back(std::move(name));
    }
    if (names.size() > kMaxSidecars) return too_many();
  }
  if (error) {
    return io_error("cannot look beside the bundle, in '" + printable(folder.string()) + "'",
                    error.value());
  }
  std::ranges::sort(names);
  return names;
}

/// Collects sidecars, each name once.
class Collector {
 public:
  explicit Collector(const TrustFormats& formats) : formats_(formats) {}

  Result<void> add(Sidecar sidecar) {
    if (has(sidecar.name)) return {};
    if (found_.size() == kMaxSidecars) return too_many();
    found_.push_back(std::move(sidecar));
    return {};
  }

  /// `name` in `folder` if it is there, and then what signs it.
  Result<void> add_list(const fs::path& folder, const std::string& name) {
    auto list = TRY(read_if_there(folder / name));
    if (!list) return {};
    TRY(add(std::move(*list)));
    return add_signatures(folder, name);
  }

  /// FILE.minisig and its like for `name` in `folder`.
  Result<void> add_signatures(const fs::path& folder, const std::string& name) {
    for (const SignatureFormat* format : formats_.signatures) {
      for (const std::string_view suffix : format->suffixes) {
        const std::string signature = name + std::string(suffix);
        if (has(signature)) continue;
        auto sidecar = TRY(read_if_there(folder / signature));
        if (!sidecar) continue;
        TRY(add(std::move(*sidecar)));
        if (!format->proves_time) TRY(add_timestamps(folder, signature));
      }
    }
    return {};
  }

  /// SIGNATURE.tsr and its like: when the signature `name` in `folder` existed.
  Result<void> add_timestamps(const fs::path& folder, const std::string& name) {
    for (const SignatureFormat* format : formats_.signatures) {
      if (!format->proves_time) continue;
      for (const std::string_view suffix : format->suffixes) {
        if (has(name + std::string(suffix))) continue;
        auto sidecar = TRY(read_if_there(folder / (name + std::string(suffix))));
        if (sidecar) TRY(add(std::move(*sidecar)));
      }
    }
    return {};
  }

  /// A list that is its own signature; the signature of a list that is not there says
  /// nothing of the bundle.
  Result<void> add_carrier(const fs::path& folder, const std::string& name) {
    if (has(name)) return {};
    auto sidecar = TRY(read_if_there(folder / name));
    const bool carries =
        sidecar && std::ranges::any_of(formats_.signatures, [&](const SignatureFormat* format) {
          return format->carries && format->matches(sidecar->bytes);
        });
    return carries ? add(std::move(*sidecar)) : Result<void>();
  }

  bool has(std::string_view name) const {
    return std::ranges::find(found_, name, &Sidecar::name) != found_.end();
  }

  std::vector<Sidecar> take() && { return std::move(found_); }

 private:
  const TrustFormats& formats_;
  std::vector<Sidecar> found_{};
};

bool is_signature(const Sidecar& sidecar, const TrustFormats& formats) {
  return std::ranges::any_of(
             formats.signatures,
             [&](const SignatureFormat* format) { return format->matches(sidecar.bytes); }) ||
         !signed_name(sidecar.name, formats).empty();
}

Error bad_name(const std::string& path, std::string_view why) {
  return fail(Error::Kind::usage, fmt::format("'{}' {}", printable(path), why),
              "give each signature and list once, under a name of its own");
}

/// What was given by hand, in its order, each list followed by its signature.
Result<std::vector<Sidecar>> by_hand(std::span<const std::string> named,
                                     std::string_view bundle_name,
                                     const TrustFormats& formats) {
  std::vector<Sidecar> given;
  for (const std::string& path : named) {
    std::string bytes = TRY(read_file(path, kMaxBytes));
    Sidecar sidecar{fs::path(path).filename().string(), std::move(bytes)};
    if (sidecar.name == bundle_name) return bad_name(path, "is named like the bundle");
    if (std::ranges::find(given, sidecar.name, &Sidecar::name) != given.end()) {
      return bad_name(path, "is named like another sidecar given");
    }
    given.push_back(std::move(sidecar));
  }
  Collector collector(formats);
  for (const Sidecar& sidecar : given) TRY(collector.add(sidecar));
  for (const std::string& path : named) {
    const fs::path place(path);
    const auto sidecar = std::ranges::find(given, place.filename().string(), &Sidecar::name);
    if (sidecar == given.end()) continue;
    TRY(is_signature(*sidecar, formats)
            ? collector.add_timestamps(place.parent_path(), sidecar->name)
            : collector.add_signatures(place.parent_path(), sidecar->name));
  }
  return std::move(collector).take();
}

}  // namespace

Result<std::vector<Sidecar>> find_sidecars(const std::string& bundle_path,
                                           const TrustFormats& formats,
                                           std::span<const std::string> named) {
  const fs::path bundle(bundle_path);
  const std::string name = bundle.filename().string();
  const fs::path folder = bundle.has_parent_path() ? bundle.parent_path() : fs::path(".");
  std::vector<Sidecar> given = TRY(by_hand(named, name, formats));

  Collector collector(formats);
  TRY(collector.add_signatures(folder, name));
  for (const std::string_view suffix : digest_suffixes()) {
    TRY(collector.add_list(folder, name + std::string(suffix)));
  }
  for (const std::string& list : TRY(lists_in(folder, formats))) {
    if (list == name) continue;
    TRY(is_list_name(list) ? collector.add_list(folder, list)
                           : collector.add_carrier(folder, list));
  }
  std::vector<Sidecar> all = std::move(collector).take();
  std::erase_if(all, [&](const Sidecar& sidecar) {
    return std::ranges::find(given, sidecar.name, &Sidecar::name) != given.end();
  });
  all.insert(all.end(), std::make_move_iterator(given.begin()),
             std::make_move_iterator(given.end()));
  if (all.size() > kMaxSidecars) return too_many();
  return all;
}

}  // namespace assay
