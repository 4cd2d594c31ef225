// What stands behind the end of a program, where no loader looks.

#include "bundle/elf_overlay.h"
#include "bundle/pe_overlay.h"
#include "scan/inspector.h"

namespace assay {
namespace {

Result<void> inspect(const InspectorTools&, const Member& member, Bytes content,
                     std::vector<View>& views) {
  Bytes rest;
  if (member.type == "elf") rest = elf_overlay(content);
  if (member.type == "pe") rest = pe_overlay(content);
  if (rest.empty()) return {};
  views.push_back({.how = "data behind the end of a program",
                   .type = type_of_hidden(rest),
                   .offset = static_cast<std::uint64_t>(rest.data() - content.data()),
                   .borrowed = rest});
  return {};
}

}  // namespace

extern const Inspector overlay_inspector;
constinit const Inspector overlay_inspector = {"overlay", inspect};

}  // namespace assay
