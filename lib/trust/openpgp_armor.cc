#include "trust/openpgp_armor.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "trust/openpgp_packets.h"

namespace assay {
namespace {

constexpr std::size_t kLineMax = 76;     // of base64, RFC 4880 6.3
constexpr std::size_t kHeaderMax = 512;  // bytes of a line `Key: value`
constexpr std::size_t kHeadersMax = 16;
constexpr std::string_view kCleartextBegin = "-----BEGIN PGP SIGNED MESSAGE-----";
constexpr std::string_view kSignatureBegin = "-----BEGIN PGP SIGNATURE-----";

Error bad_armor(std::string what) {
  return malformed("sidecar-malformed", "no OpenPGP armour: " + std::move(what));
}

Error bad_cleartext(std::string what) {
  return malformed("sidecar-malformed", "no cleartext-signed text: " + std::move(what));
}

/// The lines, which end alike, all by LF or all by CRLF; nothing if they do not. The last
/// may lack its end.
std::optional<std::vector<std::string_view>> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  const bool crlf = text.find('\r') != text.npos;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
    if (crlf && line.ends_with('\r')) {
      line.remove_suffix(1);
    } else if (crlf && end != std::string_view::npos) {
      return std::nullopt;
    }
    if (line.find_first_of(std::string_view("\r\0", 2)) != line.npos) return std::nullopt;
    lines.push_back(line);
  }
  return lines;
}

/// RFC 4880 6.1.
std::uint32_t crc24(std::string_view bytes) {
  std::uint32_t crc = 0xb704ceU;
  for (const char c : bytes) {
    crc ^= static_cast<std::uint32_t>(static_cast<unsigned char>(c)) << 16;
    for (int bit = 0; bit < 8; ++bit) {
      crc <<= 1;
      if ((crc & 0x1000000U) != 0) crc ^= 0x1864cfbU;
    }
  }
  return crc & 0xffffffU;
}

std::string crc_line(std::string_view bytes) {
  const std::uint32_t crc = crc24(bytes);
  std::string raw;
  for (const unsigned shift : {16U, 8U, 0U}) raw += static_cast<char>(crc >> shift & 0xffU);
  return "=" + to_base64(as_bytes(raw));
}

/// "Version: GnuPG v2": a word of letters, colon, space, printable text.
bool is_header(std::string_view line) {
  const std::size_t colon = line.find(": ");
  if (colon == line.npos || colon == 0 || line.size() > kHeaderMax) return false;
  const bool letters = std::ranges::all_of(line.substr(0, colon), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-';
  });
  return letters && std::ranges::all_of(line, [](char c) {
           return static_cast<unsigned char>(c) >= ' ' && c != '\x7f';
         });
}

/// Armour from its BEGIN line to its END line, which is the last.
Result<std::string> decode(std::span<const std::string_view> lines, std::string_view kind) {
  if (lines.empty() || lines[0] != fmt::format("-----BEGIN PGP {}-----", kind)) {
    return bad_armor(fmt::format("it does not begin with BEGIN PGP {}", kind));
  }
  std::size_t at = 1;
  while (at < lines.size() && !lines[at].empty()) {
    if (at > kHeadersMax || !is_header(lines[at])) {
      return bad_armor("a header line is none, or the empty line behind them is missing");
    }
    ++at;
  }
  ++at;
  std::string base64, crc;
  for (; at < lines.size() && !lines[at].starts_with('-'); ++at) {
    if (!crc.empty()) return bad_armor("there is something after its checksum");
    if (lines[at].starts_with('=')) {
      crc = lines[at];
      continue;
    }
    if (lines[at].empty() || lines[at].size() > kLineMax) {
      return bad_armor("a line of it is empty or too long");
    }
    base64 += lines[at];
  }
  if (at >= lines.size() || lines[at] != fmt::format("-----END PGP {}-----", kind)) {
    return bad_armor("its END line is missing");
  }
  if (at + 1 != lines.size()) return bad_armor("there is something after its END line");
  const auto bytes = from_base64(base64);
  if (!bytes || bytes->empty()) return bad_armor("it is not base64");
  if (!crc.empty() && crc != crc_line(as_text(*bytes))) {
    return bad_armor("its checksum is of other bytes");
  }
  return std::string(as_text(*bytes));
}

/// "Hash: SHA256, SHA512"
Result<void> take_hashes(std::string_view line, std::vector<std::string>& hashes) {
  constexpr std::string_view kHash = "Hash: ";
  if (!line.starts_with(kHash) || hashes.size() >= kHeadersMax) {
    return bad_cleartext("a header line that is no `Hash:` line: nothing else may stand there");
  }
  line.remove_prefix(kHash.size());
  while (true) {
    const std::size_t comma = line.find(',');
    const std::string_view name = line.substr(0, comma);
    if (!is_openpgp_hash_name(name)) {
      return bad_cleartext("its `Hash:` line names no hash algorithm");
    }
    hashes.emplace_back(name);
    if (comma == line.npos) return {};
    line.remove_prefix(comma + 1);
    if (line.starts_with(' ')) line.remove_prefix(1);
  }
}

}  // namespace

Result<std::string> from_openpgp_armor(std::string_view text, std::string_view kind) {
  const auto lines = lines_of(text);
  if (!lines) return bad_armor("its lines do not all end alike");
  return decode(*lines, kind);
}

std::string to_openpgp_armor(std::string_view bytes, std::string_view kind) {
  constexpr std::size_t kOurLine = 64;
  std::string text = fmt::format("-----BEGIN PGP {}-----\n\n", kind);
  const std::string base64 = to_base64(as_bytes(bytes));
  for (std::size_t at = 0; at < base64.size(); at += kOurLine) {
    text.append(base64, at, kOurLine).append("\n");
  }
  return text + crc_line(bytes) + fmt::format("\n-----END PGP {}-----\n", kind);
}

Result<OpenPgpCleartext> parse_openpgp_cleartext(std::string_view text) {
  const auto all = lines_of(text);
  if (!all) return bad_cleartext("its lines do not all end alike");
  const std::span<const std::string_view> lines(*all);
  if (lines.empty() || lines[0] != kCleartextBegin) {
    return bad_cleartext("there is something before its first line");
  }
  OpenPgpCleartext found;
  std::size_t at = 1;
  for (; at < lines.size() && !lines[at].empty(); ++at) {
    TRY(take_hashes(lines[at], found.hashes));
  }
  for (++at; at < lines.size() && lines[at] != kSignatureBegin; ++at) {
    std::string_view line = lines[at];
    found.lines.push_back(line);
    if (line.starts_with("- ")) {
      line.remove_prefix(2);
    } else if (line.starts_with('-')) {
      return bad_cleartext("a line of it begins with a dash that is not escaped");
    }
    found.text.append(without_trailing_blanks(line));
  }
  if (at >= lines.size()) return bad_cleartext("its signature is missing");
  if (found.lines.empty()) return bad_cleartext("nothing stands between header and signature");
  found.signatures = TRY(decode(lines.subspan(at), "SIGNATURE"));
  return found;
}

std::string without_trailing_blanks(std::string_view text) {
  std::string stripped;
  do {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    stripped.append(line.substr(0, line.find_last_not_of(" \t\r") + 1)).append("\n");
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
  } while (!text.empty());
  return stripped;
}

bool has_openpgp_line(std::string_view text, std::string_view line) {
  std::size_t at = text.find(line);
  while (at != text.npos) {
    const std::size_t end = at + line.size();
    const bool begins = at == 0 || text[at - 1] == '\n';
    const bool ends = end == text.size() || text[end] == '\n' || text[end] == '\r';
    if (begins && ends) return true;
    at = text.find(line, at + 1);
  }
  return false;
}

}  // namespace assay
