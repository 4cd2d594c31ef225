// ONNX models by where their weights are (onnx, "External Data"): entries "location" of a
// tensor name files, which must lie in the folder of the model or below it.

#include <algorithm>
#include <string_view>

#include "scan/facts.h"

namespace assay {
namespace {

/// A StringStringEntryProto: field 1, eight bytes, the key; then field 2, the value.
constexpr std::string_view kLocation = "\x0a\x08location\x12";
constexpr std::size_t kLongest = 4096;

/// The text behind its length of one or two bytes (Protocol Buffers, "Encoding").
std::string_view text_at(std::string_view bytes) {
  if (bytes.size() < 2) return {};
  std::size_t length = static_cast<unsigned char>(bytes[0]), head = 1;
  if (length >= 128) {
    length = length - 128 + (std::size_t{static_cast<unsigned char>(bytes[1])} << 7U);
    head = 2;
  }
  return bytes.substr(head, std::min(length, kLongest));
}

bool is_path(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return static_cast<unsigned char>(c) >= 0x20 && c != 0x7f;
  });
}

/// An absolute path, a drive, or a part that goes up.
bool leaves_folder(std::string_view path) {
  const auto is_slash = [](char c) { return c == '/' || c == '\\'; };
  if (is_slash(path.front()) || (path.size() > 1 && path[1] == ':')) return true;
  while (!path.empty()) {
    const auto slash = std::ranges::find_if(path, is_slash);
    const auto length = static_cast<std::size_t>(slash - path.begin());
    if (path.substr(0, length) == "..") return true;
    path.remove_prefix(std::min(length + 1, path.size()));
  }
  return false;
}

Result<void> inspect(const InspectorTools&, const Member& member, Bytes content,
                     std::vector<View>& views) {
  if (member.type == "elf" || member.type == "pe") return {};  // has its own places for names
  const std::string_view text = as_text(content);
  for (std::size_t at = text.find(kLocation); at != std::string_view::npos;
       at = text.find(kLocation, at + 1)) {
    const std::string_view path = text_at(text.substr(at + kLocation.size()));
    if (!is_path(path) || !leaves_folder(path)) continue;
    Facts facts;
    facts.add("reads a file outside its folder");
    views.push_back(facts.view("model-facts", at));
    return {};
  }
  return {};
}

}  // namespace

extern const Inspector onnx_inspector;
constinit const Inspector onnx_inspector = {"onnx", inspect, true};

}  // namespace assay
