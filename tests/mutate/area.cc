#include "area.h"

#include <span>

namespace assay::mutate {
namespace {

struct Field {
  std::size_t at;
  std::string_view name;
};

/// A header is told by a magic at some place in it.
struct Header {
  std::string_view name;
  std::string_view magic;
  std::size_t magic_at;
  std::span<const Field> fields;  ///< the last one is where it ends
};

constexpr Field kTar[] = {
    {0, "name"},     {100, "mode"},   {108, "uid"},      {116, "gid"},
    {124, "size"},   {136, "mtime"},  {148, "checksum"}, {156, "type"},
    {157, "link"},   {257, "magic"},  {265, "user"},     {297, "group"},
    {329, "device"}, {345, "prefix"}, {500, "padding"},  {512, "content"}};
constexpr Field kGzip[] = {{0, "magic"}, {3, "flags"},  {4, "mtime"},
                           {8, "level"}, {9, "system"}, {10, "packed"}};
constexpr Field kZipLocal[] = {{0, "magic"},  {4, "version"},  {6, "flags"},
                               {8, "method"}, {10, "mtime"},   {14, "crc"},
                               {18, "sizes"}, {26, "lengths"}, {30, "name and content"}};
constexpr Field kZipCentral[] = {{0, "magic"},
                                 {4, "version"},
                                 {8, "flags"},
                                 {10, "method"},
                                 {12, "mtime"},
                                 {16, "crc"},
                                 {20, "sizes"},
                                 {28, "lengths"},
                                 {34, "disk"},
                                 {36, "internal attributes"},
                                 {38, "external attributes"},
                                 {42, "offset"},
                                 {46, "name and extra"}};
constexpr Field kZipEnd[] = {{0, "magic"},  {4, "disks"},           {8, "counts"},
                             {12, "place"}, {20, "comment length"}, {22, "end"}};
constexpr Field kCpio[] = {{0, "magic"},
                           {6, "inode"},
                           {14, "mode"},
                           {22, "uid"},
                           {30, "gid"},
                           {38, "links"},
                           {46, "mtime"},
                           {54, "size"},
                           {62, "device"},
                           {78, "rdevice"},
                           {94, "name size"},
                           {102, "check"},
                           {110, "name and content"}};
constexpr Field kAr[] = {{0, "name"},  {16, "mtime"}, {28, "uid"},   {34, "gid"},
                         {40, "mode"}, {48, "size"},  {58, "magic"}, {60, "content"}};

constexpr Header kHeaders[] = {{"tar", "ustar", 257, kTar},
                               {"gzip", "\x1f\x8b\x08", 0, kGzip},
                               {"zip member", "PK\x03\x04", 0, kZipLocal},
                               {"zip directory", "PK\x01\x02", 0, kZipCentral},
                               {"zip end", "PK\x05\x06", 0, kZipEnd},
                               {"cpio", "070701", 0, kCpio},
                               {"ar", "`\n", 58, kAr}};

/// Where the last header of this kind begins at or before `at`; npos if none does.
std::size_t last_begin(const Header& header, std::string_view archive, std::size_t at) {
  const std::size_t found = archive.rfind(header.magic, at + header.magic_at);
  return found == archive.npos || found < header.magic_at ? archive.npos
                                                          : found - header.magic_at;
}

}  // namespace

std::string area_of(std::string_view archive, std::size_t at) {
  const Header* nearest = nullptr;
  std::size_t begin = 0;
  for (const Header& header : kHeaders) {
    const std::size_t here = last_begin(header, archive, at);
    if (here == archive.npos || (nearest != nullptr && here < begin)) continue;
    nearest = &header;
    begin = here;
  }
  if (nearest == nullptr) return "packed";
  std::string_view name;
  for (const Field& field : nearest->fields) {
    if (begin + field.at <= at) name = field.name;
  }
  return std::string(nearest->name) + " " + std::string(name);
}

}  // namespace assay::mutate
