#include "scan/compile.h"

#include <yara.h>

#include <algorithm>
#include <functional>

#include "base/bytes.h"

namespace assay {
namespace {

using Compiler = CHandle<YR_COMPILER, yr_compiler_destroy>;

// The last two are what third-party rules ask for.
constexpr const char* kExternals[] = {"filename", "filepath", "filetype", "extension", "owner"};

Error config(std::string what) {
  return fail(Error::Kind::config, std::move(what));
}

/// What the compiler said first about the file at hand.
struct Complaint {
  const RuleFile* file = nullptr;
  std::string text{};
};

/// Warnings count as errors: they are about conditions that mean nothing and
/// about strings that make every scan slow.
void note_complaint(int level, const char*, int line, const YR_RULE*, const char* message,
                    void* user) noexcept {
  auto& complaint = *static_cast<Complaint*>(user);
  try {
    if (!complaint.text.empty()) return;
    if (level == YARA_ERROR_LEVEL_WARNING && complaint.file->tolerant) return;
    // At the end of a file libyara knows no line and says 0.
    const std::string place = line > 0 ? ":" + std::to_string(line) : "";
    complaint.text = printable(complaint.file->name) + place + ": " +
                     (level == YARA_ERROR_LEVEL_WARNING ? "warning: " : "") +
                     printable(message);
  } catch (...) {
    complaint.text = "?";  // fits without allocation; the file is refused all the same
  }
}

/// Hears everything.
void note_all(int level, const char*, int line, const YR_RULE* rule, const char* message,
              void* user) noexcept {
  auto& notes = *static_cast<std::vector<CompilerNote>*>(user);
  try {
    notes.push_back({.is_warning = level == YARA_ERROR_LEVEL_WARNING,
                     .line = line > 0 ? static_cast<std::size_t>(line) : 0,
                     .rule = rule != nullptr ? rule->identifier : "",
                     .message = message});
  } catch (...) {
    // No memory for a message; add_string still counts the error.
  }
}

using Listener = void (*)(int, const char*, int, const YR_RULE*, const char*, void*);

Result<Compiler> create_compiler(Listener listener, void* user) {
  YR_COMPILER* raw = nullptr;
  if (const int code = yr_compiler_create(&raw); code != ERROR_SUCCESS) {
    return engine_error("start compiling", code);
  }
  Compiler compiler(raw);
  yr_compiler_set_include_callback(raw, nullptr, nullptr, nullptr);
  yr_compiler_set_callback(raw, listener, user);
  for (const char* name : kExternals) {
    if (const int code = yr_compiler_define_string_variable(raw, name, "");
        code != ERROR_SUCCESS) {
      return engine_error("define its variables", code);
    }
  }
  return compiler;
}

Result<void> add_file(YR_COMPILER& compiler, Complaint& complaint, const RuleFile& file) {
  // The compiler takes C strings: what stands behind a NUL would be left out.
  if (file.text.find('\0') != std::string::npos || file.name.find('\0') != std::string::npos) {
    return config("rule file '" + printable(file.name) + "' holds a NUL byte");
  }
  complaint = {&file, {}};
  const int errors = yr_compiler_add_string(&compiler, file.text.c_str(), file.name.c_str());
  if (errors == 0 && complaint.text.empty()) return {};
  if (complaint.text.empty()) complaint.text = printable(file.name) + ": does not compile";
  return config(complaint.text);
}

}  // namespace

std::vector<CompilerNote> compile_notes(const RuleFile& file) {
  std::vector<CompilerNote> notes;
  const auto compiler = create_compiler(note_all, &notes);
  if (!compiler) return {{.message = compiler.error().what}};
  const int errors =
      yr_compiler_add_string(compiler->get(), file.text.c_str(), file.name.c_str());
  const bool heard = std::ranges::any_of(notes, std::not_fn(&CompilerNote::is_warning));
  if (errors > 0 && !heard) notes.push_back({.message = "it does not compile"});
  return notes;
}

void destroy_rules(YR_RULES* rules) noexcept {
  yr_rules_destroy(rules);
}

Error engine_error(std::string_view doing, int code) {
  return config("libyara cannot " + std::string(doing) + " (error " + std::to_string(code) +
                ")");
}

Result<RulesHandle> compile_files(const std::vector<RuleFile>& files) {
  Complaint complaint;
  const Compiler compiler = TRY(create_compiler(note_complaint, &complaint));
  for (const RuleFile& file : files) {
    if (file.name.ends_with(".yar")) TRY(add_file(*compiler, complaint, file));
  }
  YR_RULES* raw = nullptr;
  if (const int code = yr_compiler_get_rules(compiler.get(), &raw); code != ERROR_SUCCESS) {
    return engine_error("finish compiling", code);
  }
  return RulesHandle(raw);
}

}  // namespace assay
