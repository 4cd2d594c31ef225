// The shipped rules about what packages of Windows Installer run, over lists of their
// actions and near misses.

#include "scan/pack_test.h"

namespace assay {
namespace {

/// A list of one action, as the reader of packages makes it.
std::string action(unsigned type, const std::string& source, const std::string& target) {
  return "msi-actions\nRun\t" + std::to_string(type) + "\t" + printable(source) + "\t" +
         printable(target) + "\n";
}

constexpr unsigned kCommand = 34, kProgram = 2, kScript = 38, kSystem = 0xc00,
                   kUnlogged = 0x2000;
const std::string kShell = text_of("power", "shell.exe ");
const std::string kEncoded = text_of("-e", "nc SQBFAFgA");
const std::string kExclude = text_of("Add-Mp", "Preference -ExclusionPath C:\\Agent");

TEST_CASE("a package that runs what it carries") {
  CHECK(fires("DUAL080", "%CustomAction", action(kProgram, "Helper", "-x")));
  CHECK(fires("DUAL080", "%CustomAction",
              action(kCommand, "INSTALLDIR", "agent.exe --register")));
  CHECK_FALSE(
      fires("DUAL080", "%CustomAction", action(51, "INSTALLDIR", "[ProgramFilesFolder]")));
  CHECK(is_quiet("%CustomAction", action(kProgram + kSystem, "Helper", "-x")));
}

TEST_CASE("a package that runs a command out of sight") {
  CHECK(fires("PERSIST031", "%CustomAction",
              action(kCommand + kSystem, "SystemFolder", kShell + "-w hidden " + kEncoded)));
  CHECK(fires("PERSIST031", "%CustomAction",
              action(kCommand + kUnlogged, "SystemFolder", kShell + kEncoded)));
  CHECK(fires(
      "PERSIST031", "%CustomAction",
      action(kScript, "",
             text_of("CreateObject(\"MSXML2.XML", "HTTP\")") + "\r\nf = \"%TEMP%\\a.exe\"")));
  // A shell, also one as the system, is everyday.
  CHECK_FALSE(fires("PERSIST031", "%CustomAction",
                    action(kCommand + kSystem, "SystemFolder", kShell + "-File setup.ps1")));
  CHECK_FALSE(fires("PERSIST031", "%CustomAction",
                    action(kCommand, "SystemFolder", kShell + "-w hidden -File setup.ps1")));
  CHECK(is_quiet("%CustomAction", action(50, "COMSPEC", "/c net start agent")));
}

TEST_CASE("a package that makes an exception in Defender") {
  CHECK(fires("PERSIST030", "%CustomAction",
              action(kCommand + kSystem, "SystemFolder", kShell + kExclude)));
  CHECK_FALSE(fires("PERSIST030", "%CustomAction",
                    action(kCommand, "SystemFolder", kShell + kExclude)));
}

TEST_CASE("lists of actions that are none of ours") {
  CHECK(is_quiet("x", "msi-actions\n"));
  CHECK(is_quiet("x", "msi-actions\nRun\t2\n\t\t\t\t\t\nRun\tx\ty\tz"));
}

}  // namespace
}  // namespace assay
