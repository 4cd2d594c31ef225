// Programs of Windows by what the loader reads of them: functions imported by name, how
// the sections lie, where the program starts.

#include <algorithm>

#include "scan/facts.h"
#include "scan/pe_image.h"

namespace assay {
namespace {

constexpr std::string_view kImported[] = {
    // Into another process, and how it is started there.
    "OpenProcess", "VirtualAllocEx", "VirtualAllocExNuma", "VirtualProtectEx",
    "NtAllocateVirtualMemory", "ZwAllocateVirtualMemory", "WriteProcessMemory",
    "NtWriteVirtualMemory", "ZwWriteVirtualMemory", "NtMapViewOfSection", "ZwMapViewOfSection",
    "NtUnmapViewOfSection", "ZwUnmapViewOfSection", "CreateRemoteThread",
    "CreateRemoteThreadEx", "NtCreateThreadEx", "ZwCreateThreadEx", "RtlCreateUserThread",
    "QueueUserAPC", "NtQueueApcThread", "NtQueueApcThreadEx", "SetThreadContext",
    "Wow64SetThreadContext", "NtSetContextThread", "ResumeThread", "NtResumeThread",
    "CreateProcessA", "CreateProcessW", "CreateProcessInternalW", "CreateProcessAsUserW",
    "NtCreateProcessEx", "NtCreateSection", "CreateFileTransactedW", "NtCreateTransaction",
    "RollbackTransaction",
    // What debuggers have and injectors have no use for.
    "WaitForDebugEvent", "WaitForDebugEventEx", "ContinueDebugEvent", "DebugActiveProcess",
    // All a packed program needs.
    "LoadLibraryA", "GetProcAddress", "VirtualProtect", "VirtualAlloc",
    // Drivers that hand out memory, processor registers and callbacks.
    "IoCreateDevice", "MmMapIoSpace", "ZwOpenSection", "MmCopyMemory", "MmCopyVirtualMemory",
    "KeStackAttachProcess", "PsLookupProcessByProcessId", "ObRegisterCallbacks",
    "HalSetBusDataByOffset", "MmGetSystemRoutineAddress"};
constexpr std::size_t kFewImports = 12;
constexpr unsigned kNative = 1;

constinit const Names kImportedNames(kImported);

struct PackerName {
  std::string_view section, packer;
};
constexpr PackerName kPackers[] = {{"UPX0", "UPX"},
                                   {"UPX1", "UPX"},
                                   {"UPX!", "UPX"},
                                   {".MPRESS1", "MPRESS"},
                                   {".aspack", "ASPack"},
                                   {".adata", "ASPack"},
                                   {".petite", "Petite"},
                                   {"PEC2", "PECompact"},
                                   {"PECompact2", "PECompact"},
                                   {".themida", "Themida"},
                                   {".winlice", "WinLicense"},
                                   {".vmp0", "VMProtect"},
                                   {".vmp1", "VMProtect"},
                                   {".enigma1", "Enigma"},
                                   {".nsp0", "NsPack"},
                                   {"FSG!", "FSG"},
                                   {"MEW", "MEW"},
                                   {".yP", "Y0da"}};

void look_at_sections(const PeImage& image, Facts& facts) {
  if (image.sections().empty()) {
    facts.add("has no sections");
    return;
  }
  for (const PeSection& section : image.sections()) {
    if (section.is_executable() && section.is_writable()) {
      facts.add("has a section both writable and executable");
      if (section.file_size == 0 && section.memory_size != 0) {
        facts.add("has an empty section to unpack code into");
      }
    }
    for (const PackerName& name : kPackers) {
      if (section.name == name.section)
        facts.add("names its sections as " + std::string(name.packer));
    }
  }
}

void look_at_entry(const PeImage& image, Facts& facts) {
  if (image.entry() == 0 || image.sections().empty()) return;
  const auto& sections = image.sections();
  const auto home = std::ranges::find_if(
      sections, [&](const PeSection& section) { return section.holds(image.entry()); });
  if (home == sections.end() || !home->is_executable()) {
    facts.add("starts outside its code");
  } else if (sections.size() > 2 && home + 1 == sections.end()) {
    facts.add("starts in its last section");
  } else if (home->is_writable()) {
    facts.add("starts in a section that is writable");
  }
}

Result<void> inspect(const InspectorTools&, const Member& member, Bytes content,
                     std::vector<View>& views) {
  if (member.type != "pe") return {};
  const auto image = PeImage::read(content);
  if (!image) return {};
  Facts facts;
  std::size_t imports = 0;
  TRY(image->imports([&](std::string_view name) {
    ++imports;
    if (kImportedNames.has(name)) facts.add("imports " + std::string(name));
  }));
  const bool managed = image->has_directory(PeImage::kManaged);
  if (imports <= kFewImports && !managed) facts.add("imports few functions");
  if (managed) facts.add("is managed code");
  if (image->subsystem() == kNative && !image->is_library()) facts.add("is a driver");
  image->exports([&](std::string_view name) {
    if (name.find("ReflectiveLoader") != std::string_view::npos) {
      facts.add("exports a reflective loader");
    }
  });
  look_at_sections(*image, facts);
  look_at_entry(*image, facts);
  if (!facts.empty()) views.push_back(facts.view("pe-facts", image->header()));
  return {};
}

}  // namespace

extern const Inspector pe_inspector;
constinit const Inspector pe_inspector = {"pe", inspect, true};

}  // namespace assay
