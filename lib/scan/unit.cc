// Units of systemd (systemd.service(5)) by what they start and as whom.

#include <algorithm>

#include "scan/facts.h"

namespace assay {
namespace {

constexpr std::size_t kLargest = std::size_t{64} << 10;
constexpr std::string_view kWritable[] = {"/tmp/",      "/var/tmp/",  "/dev/shm/",
                                          "/run/user/", "/run/lock/", "/home/"};

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

void look_at_command(std::string_view command, Facts& facts) {
  const std::size_t first = command.find_first_not_of("-@:+!");
  if (first == std::string_view::npos) return;
  command.remove_prefix(first);
  const std::string_view program = command.substr(0, command.find_first_of(" \t"));
  for (const std::string_view folder : kWritable) {
    if (program.starts_with(folder))
      facts.add("starts a program from a folder others may write");
  }
  // A shell's script may stand there as well.
  const bool shell = program.ends_with("/sh") || program.ends_with("/bash");
  if (shell) {
    facts.add("starts a shell");
    for (const std::string_view folder : {"/tmp/", "/var/tmp/", "/dev/shm/"}) {
      if (contains(command, folder))
        facts.add("starts a program from a folder others may write");
    }
  }
  if (contains(program, "/.")) facts.add("starts a hidden program");
  if (contains(command, "curl ") || contains(command, "wget ")) {
    facts.add("fetches from the network");
  }
}

struct Unit {
  bool service = false, described = false, as_root = true, silent_out = false,
       silent_error = false;
};

void look_at_line(std::string_view line, Unit& unit, Facts& facts) {
  line = trimmed(line);
  if (line == "[Service]") unit.service = true;
  const std::size_t equals = line.find('=');
  if (equals == std::string_view::npos || line[0] == '#' || line[0] == ';') return;
  const std::string_view key = trimmed(line.substr(0, equals));
  const std::string_view value = trimmed(line.substr(equals + 1));
  if (key == "Description") unit.described = true;
  if (key == "User") unit.as_root = value == "root" || value == "0" || value.empty();
  if (key == "DynamicUser") unit.as_root = value != "yes" && value != "true";
  if (key == "StandardOutput") unit.silent_out = value == "null";
  if (key == "StandardError") unit.silent_error = value == "null";
  if (key == "Restart" && value == "always") facts.add("restarts for ever");
  if (key.starts_with("ExecStart")) look_at_command(value, facts);
}

Result<void> inspect(const InspectorTools&, const Member& member, Bytes content,
                     std::vector<View>& views) {
  const std::string_view text = as_text(content);
  // A section's name in front makes it look like JSON; decoded text passes as a script.
  const bool is_text =
      member.type == "text" || member.type == "json" || member.type == "script";
  if (!is_text || content.size() > kLargest || !contains(text, "[Service]")) return {};
  Unit unit;
  Facts facts;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    look_at_line(text.substr(at, end - at), unit, facts);
    at = end + 1;
  }
  if (!unit.service || facts.empty()) return {};
  if (unit.as_root) facts.add("runs as root");
  if (!unit.described) facts.add("does not say what it is");
  if (unit.silent_out && unit.silent_error) facts.add("keeps out of the log");
  views.push_back(facts.view("unit-facts", 0));
  return {};
}

}  // namespace

extern const Inspector unit_inspector;
constinit const Inspector unit_inspector = {"unit", inspect, true};

}  // namespace assay
