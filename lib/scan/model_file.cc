// Model files that are programs: pickles, by the names they look up when they are loaded.
// Those of an allow-list make arrays and containers; every other one is code of somebody's.

#include <algorithm>

#include "scan/facts.h"
#include "scan/pickle.h"

namespace assay {
namespace {

constexpr std::size_t kNamesMax = 16;
constexpr std::size_t kPicklesMax = 64;  ///< one behind the other; a model has five
constexpr std::size_t kNameShown = 100;

/// Modules all of whose names only make arrays, storages and containers.
constexpr std::string_view kAllowedModules[] = {"torch",
                                                "torch._utils",
                                                "torch.storage",
                                                "torch.nn.parameter",
                                                "collections",
                                                "datetime",
                                                "numpy",
                                                "numpy.core.multiarray",
                                                "numpy._core.multiarray",
                                                "numpy.core.numeric",
                                                "numpy._core.numeric",
                                                "numpy.dtypes",
                                                "copyreg",
                                                "copy_reg",
                                                "_codecs",
                                                "decimal",
                                                "fractions",
                                                "uuid",
                                                "pathlib",
                                                "array"};
/// Of which these are not that.
constexpr std::string_view kNotAllowed[] = {"torch.load",     "torch.hub", "numpy.load",
                                            "numpy.fromfile", "torch.jit", "numpy.save"};
constexpr std::string_view kBuiltins[] = {"set",   "frozenset", "list",      "dict",  "tuple",
                                          "slice", "complex",   "bytearray", "bytes", "object",
                                          "int",   "float",     "bool",      "str",   "range"};
/// Modules whose names run programs, code or connections.
constexpr std::string_view kDangerous[] = {"os",
                                           "posix",
                                           "nt",
                                           "subprocess",
                                           "runpy",
                                           "pty",
                                           "importlib",
                                           "sys",
                                           "socket",
                                           "shutil",
                                           "webbrowser",
                                           "ctypes",
                                           "code",
                                           "codeop",
                                           "timeit",
                                           "cProfile",
                                           "profile",
                                           "pdb",
                                           "bdb",
                                           "pydoc",
                                           "ensurepip",
                                           "asyncio",
                                           "multiprocessing",
                                           "requests",
                                           "urllib",
                                           "http",
                                           "ssl",
                                           "pip",
                                           "venv",
                                           "idlelib",
                                           "lib2to3",
                                           "doctest",
                                           "trace",
                                           "distutils",
                                           "marshal",
                                           "types",
                                           "platform",
                                           "commands",
                                           "popen2",
                                           "signal",
                                           "smtplib",
                                           "ftplib",
                                           "telnetlib",
                                           "_posixsubprocess"};
constexpr std::string_view kDangerousNames[] = {"torch.utils.collect_env",
                                                "torch.hub",
                                                "torch.load",
                                                "numpy.f2py",
                                                "numpy.load",
                                                "numpy.testing._private.utils",
                                                "logging.config",
                                                "operator.attrgetter",
                                                "operator.methodcaller",
                                                "operator.itemgetter"};

bool is_among(std::span<const std::string_view> names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

bool is_allowed(std::string_view module, const std::string& whole, std::string_view name) {
  const bool builtin = module == "builtins" || module == "__builtin__";
  if (builtin) return is_among(kBuiltins, name);
  const bool dotted = name.find('.') != std::string_view::npos;
  return !dotted && is_among(kAllowedModules, module) && !is_among(kNotAllowed, whole);
}

bool is_dangerous(std::string_view module, const std::string& whole) {
  const std::string_view top = module.substr(0, module.find('.'));
  if (top == "builtins" || top == "__builtin__" || is_among(kDangerous, top)) return true;
  return std::ranges::any_of(kDangerousNames,
                             [&](std::string_view known) { return whole.starts_with(known); });
}

class Look {
 public:
  explicit Look(Facts& facts) : facts_(facts) {}

  PickleVisitor visitor() {
    return {.looks_up = [this](std::string_view module,
                               std::string_view name) { looks_up(module, name); },
            .calls = [this] { facts_.add("calls what it looks up"); }};
  }

 private:
  void looks_up(std::string_view module, std::string_view name) {
    if (module.empty()) return facts_.add("looks up what cannot be told");
    const std::string whole = std::string(module) + "." + std::string(name);
    if (is_allowed(module, whole, name)) return;
    const bool dangerous = is_dangerous(module, whole);
    if (++(dangerous ? dangerous_ : others_) > kNamesMax) return;
    facts_.add((dangerous ? "looks up a way out: " : "looks up code: ") +
               printable(whole.substr(0, kNameShown)));
  }

  Facts& facts_;
  std::size_t dangerous_ = 0, others_ = 0;
};

/// Protocols 0 and 1 have no mark; a name looked up at once is how they run something.
bool begins_old_pickle(std::string_view text) {
  if (!text.starts_with('c')) return false;
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos || end < 3 || end > 64) return false;
  return std::ranges::all_of(text.substr(1, end - 1), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           c == '_' || c == '.';
  });
}

Result<void> inspect(const InspectorTools&, const Member& member, Bytes content,
                     std::vector<View>& views) {
  const bool is_text = member.type == "text" || member.type == "script";
  const bool old = is_text && begins_old_pickle(as_text(content));
  if (!begins_pickle(content) && !old) return {};
  Facts facts;
  Look look(facts);
  const PickleVisitor visitor = look.visitor();
  Bytes rest = content;
  for (std::size_t i = 0; i < kPicklesMax; ++i) {
    const std::size_t length = TRY(run_pickle(rest, visitor));
    rest = rest.subspan(length);
    if (!begins_pickle(rest)) break;
    if (i + 1 == kPicklesMax) return undecided("scan-incomplete", "a row of too many pickles");
  }
  if (facts.empty()) return {};
  views.push_back(facts.view("model-facts", 0));
  return {};
}

}  // namespace

extern const Inspector model_file_inspector;
constinit const Inspector model_file_inspector = {"model file", inspect, true};

}  // namespace assay
