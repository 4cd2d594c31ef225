#include "bundle/passage.h"

#include <algorithm>
#include <string>

#include "bundle/elf_overlay.h"

namespace assay {
namespace {

using namespace std::string_view_literals;

/// An end record of zip (APPNOTE 4.3.16) with the longest comment.
constexpr std::size_t kTail = 22 + 65535;

}  // namespace

bool may_pass(Bytes head, std::uint64_t size) {
  return sniff(head.first(std::min<std::size_t>(head.size(), 512))).type == "elf" &&
         !may_be_another_type(head) && elf_fills_file(head, size);
}

Result<bool> pass_by(ByteStream& stream, std::uint64_t size, Passage& passage) {
  std::string tail;
  std::uint64_t passed = 0;
  for (Bytes piece = TRY(stream.next()); !piece.empty(); piece = TRY(stream.next())) {
    passed += piece.size();
    if (passed > size) return false;
    passage.piece(piece);
    if (passed + kTail <= size) continue;
    tail += as_text(piece.last(std::min(piece.size(), kTail)));
  }
  const std::string_view end =
      std::string_view(tail).substr(tail.size() - std::min<std::size_t>(tail.size(), 512));
  if (end.starts_with("conectix") || end.starts_with("koly")) return false;  // disk images
  return passed == size && tail.find("PK\5\6"sv) == std::string::npos;
}

}  // namespace assay
