// What assay accepts without a problem, plain libarchive reads with the same
// names and sizes: nobody unpacks something else than was examined.

#include <archive.h>
#include <archive_entry.h>

#include "base/c_handle.h"
#include "container.h"

namespace assay::fuzz {

std::vector<std::string> seeds() {
  return {packed_folder("tar -b1 --format=gnu -cf out d b e l"),
          packed_folder("tar -b1 --format=pax -cf out d b e l"),
          packed_folder("zip -qry out.zip d b e l && mv out.zip out"),
          packed_folder("find d b e l | sort | cpio -o -H newc > out"),
          testing::tar_of({{.name = "x", .content = "content"}}),
          testing::zip_of({{.name = "x", .content = "content"}})};
}

namespace {

using Archive = CHandle<archive, archive_read_free>;

struct Peer {
  std::string_view name;
  const Container* container;
  int (*enable)(archive*);
};
constexpr Peer kPeers[] = {{"tar", &tar_container, archive_read_support_format_tar},
                           {"zip", &zip_container, archive_read_support_format_zip},
                           {"cpio", &cpio_container, archive_read_support_format_cpio}};

/// One member as libarchive gives it must be the one of ours in its turn.
void expect_same(archive* from, archive_entry* found, const Listed& ours) {
  const char* name = archive_entry_pathname(found);
  expect(name != nullptr && ours.name == name, "both give the same names");
  const bool is_file =
      archive_entry_filetype(found) == AE_IFREG && archive_entry_hardlink(found) == nullptr;
  expect(is_file == (ours.kind == MemberKind::file), "and the same kinds");
  std::string content(ours.content.size() + 1, '\0');
  const la_ssize_t size = archive_read_data(from, content.data(), content.size());
  if (!is_file) return;
  expect(size >= 0 && content.substr(0, static_cast<std::size_t>(size)) == ours.content,
         "and the same contents");
}

void compare(const Peer& peer, std::string_view input, const Listing& listing) {
  const Archive theirs(archive_read_new());
  peer.enable(theirs.get());
  expect(archive_read_open_memory(theirs.get(), input.data(), input.size()) == ARCHIVE_OK,
         "libarchive opens what we accept");
  archive_entry* found = nullptr;
  for (const Listed& it : listing) {
    const int status = archive_read_next_header(theirs.get(), &found);
    expect(status == ARCHIVE_OK || status == ARCHIVE_WARN, "libarchive finds every member");
    expect_same(theirs.get(), found, it);
  }
  expect(archive_read_next_header(theirs.get(), &found) == ARCHIVE_EOF, "and no more");
}

}  // namespace
}  // namespace assay::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace assay;
  const std::string_view input = fuzz::text(data, size);
  const testing::Outcome seen =
      testing::walk_bytes("x", input, {.total_bytes = 4 * fuzz::kMost, .seconds = 5});
  if (!seen.clean()) return 0;
  for (const fuzz::Peer& peer : fuzz::kPeers) {
    if (seen.summary.format != peer.name) continue;
    const auto listing = fuzz::list(*peer.container, input, size + 1);
    if (listing) fuzz::compare(peer, input, *listing);
  }
  return 0;
}
