// ssh keys as their owners publish them: the line of a .pub file, or a line of
// ssh-keygen's allowed_signers. What such a line grants is a claim; the pin decides.

#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.h"
#include "base/time.h"
#include "trust/formats.h"
#include "trust/ssh.h"

namespace assay {
namespace {

constexpr std::string_view kAlgorithms[] = {"ssh-ed25519",
                                            "rsa-sha2-512",
                                            "rsa-sha2-256",
                                            "ecdsa-sha2-nistp256",
                                            "ecdsa-sha2-nistp384",
                                            "ecdsa-sha2-nistp521",
                                            "sk-ssh-ed25519@openssh.com",
                                            "sk-ecdsa-sha2-nistp256@openssh.com"};
constexpr std::string_view kFields[] = {"namespaces"};

constexpr const char* kWantLine =
    "give the line of the .pub file alone: ssh-ed25519 AAAA... comment";

Error bad_line(std::string what, std::string hint = kWantLine) {
  return fail(Error::Kind::config, std::move(what), std::move(hint));
}

bool is_key_type(std::string_view word) {
  return word.starts_with("ssh-") || word.starts_with("ecdsa-sha2-") ||
         word.starts_with("sk-ssh-") || word.starts_with("sk-ecdsa-");
}

/// The next word, quotes kept together; what follows it is left in `rest`. A quote that
/// never ends makes the word all there is.
std::string_view next_word(std::string_view& rest) {
  bool quoted = false;
  std::size_t end = 0;
  for (; end < rest.size() && (quoted || rest[end] != ' '); ++end) {
    if (rest[end] == '"') quoted = !quoted;
  }
  const std::string_view word = rest.substr(0, end);
  rest.remove_prefix(std::min(rest.size(), end + 1));
  return word;
}

/// A line taken apart; `principals` and `options` are empty in a .pub file.
struct KeyLine {
  std::string_view principals{}, options{}, type{}, base64{}, comment{};
};

std::optional<KeyLine> split(std::string_view line) {
  KeyLine parts;
  parts.type = next_word(line);
  if (!is_key_type(parts.type)) {
    parts.principals = parts.type;
    parts.type = next_word(line);
    if (!is_key_type(parts.type)) {
      parts.options = parts.type;
      parts.type = next_word(line);
    }
  }
  parts.base64 = next_word(line);
  parts.comment = line;
  if (!is_key_type(parts.type) || !parts.base64.starts_with("AAAA")) return std::nullopt;
  return parts;
}

/// YYYYMMDD[HHMM[SS]]Z; nothing if it is no time, or one in nobody knows which zone.
std::optional<Time> option_time(std::string_view text) {
  if (!text.ends_with('Z')) return std::nullopt;
  std::string digits(text.substr(0, text.size() - 1));
  if (digits.size() != 8 && digits.size() != 12 && digits.size() != 14) return std::nullopt;
  digits.append(14 - digits.size(), '0');
  return from_rfc3339(fmt::format("{}-{}-{}T{}:{}:{}Z", digits.substr(0, 4),
                                  digits.substr(4, 2), digits.substr(6, 2), digits.substr(8, 2),
                                  digits.substr(10, 2), digits.substr(12, 2)));
}

/// The words of "a,b" between quotes; nothing if the quotes or a word are missing.
std::optional<std::vector<std::string_view>> quoted_list(std::string_view value) {
  if (value.size() < 3 || value.front() != '"' || value.back() != '"') return std::nullopt;
  value = value.substr(1, value.size() - 2);
  std::vector<std::string_view> words;
  while (true) {
    const std::size_t end = value.find(',');
    words.push_back(value.substr(0, end));
    if (words.back().empty() || words.back().find('"') != value.npos) return std::nullopt;
    if (end == value.npos) return words;
    value.remove_prefix(end + 1);
  }
}

Result<std::string> namespaces_note(std::string_view value) {
  const auto names = quoted_list(value);
  if (!names) return bad_line("the key's line has namespaces that cannot be read");
  if (std::ranges::find(*names, "file") == names->end()) {
    return bad_line("its owner does not use this key for files",
                    "if you know better, pin the key without its options, and list its "
                    "namespaces in the vendor file");
  }
  return fmt::format("its owner uses it for the namespaces {}", fmt::join(*names, ", "));
}

Result<std::string> window_note(std::string_view value, std::string_view word,
                                std::string_view flag) {
  if (value.size() > 2 && value.front() == '"' && value.back() == '"') {
    value = value.substr(1, value.size() - 2);
  }
  const auto time = option_time(value);
  if (!time) {
    return bad_line(fmt::format("the key's line has a time that cannot be read: '{}'",
                                printable(value.substr(0, 32))),
                    "a time without Z is in a zone nobody knows: pin the key without its "
                    "options, and give --from and --until");
  }
  return fmt::format("its owner uses it {} {}; {} pins that", word, to_rfc3339(*time), flag);
}

/// What an option says, for the reader; the pin has fields of its own.
Result<std::string> option_note(std::string_view option) {
  const std::size_t equals = std::min(option.find('='), option.size());
  const std::string_view name = option.substr(0, equals);
  const std::string_view value = option.substr(std::min(option.size(), equals + 1));
  if (name == "namespaces") return namespaces_note(value);
  if (name == "valid-after") return window_note(value, "from", "--from");
  if (name == "valid-before") return window_note(value, "until", "--until");
  if (name == "cert-authority") {
    return bad_line("this key signs certificates, and certificates are not supported",
                    "ask for the key that signs the files");
  }
  return bad_line(
      fmt::format("the key's line has an unknown option '{}'", printable(name.substr(0, 32))));
}

/// Commas part options, save between quotes.
Result<std::vector<std::string>> option_notes(std::string_view options) {
  std::vector<std::string> notes;
  while (!options.empty()) {
    bool quoted = false;
    std::size_t end = 0;
    for (; end < options.size() && (quoted || options[end] != ','); ++end) {
      if (options[end] == '"') quoted = !quoted;
    }
    notes.push_back(TRY(option_note(options.substr(0, end))));
    if (end + 1 == options.size()) return bad_line("the key's options end in a comma");
    options.remove_prefix(std::min(options.size(), end + 1));
  }
  return notes;
}

/// What people hand over instead of the line.
std::optional<Error> mistaken(std::string_view text) {
  if (text.find("PRIVATE KEY-----") != text.npos) {
    return bad_line("this is a secret key, and nobody should have handed it out",
                    "pin the .pub file; tell the owner that his secret key got about");
  }
  if (text.starts_with("-----BEGIN SSH SIGNATURE")) {
    return bad_line("this is an SSH signature, not a key");
  }
  if (text.starts_with("---- BEGIN SSH2 PUBLIC KEY")) {
    return bad_line("this SSH key is in the form of RFC 4716",
                    "ssh-keygen -i -f FILE turns it");
  }
  if (text.find('\r') != text.npos) {
    return bad_line("the key's text has carriage returns", "remove them: tr -d '\\r'");
  }
  return std::nullopt;
}

std::string_view only_line(std::string_view text) {
  return text.ends_with('\n') ? text.substr(0, text.size() - 1) : text;
}

bool matches_key(std::string_view text) {
  return text.starts_with("-----BEGIN OPENSSH PRIVATE KEY") ||
         text.starts_with("-----BEGIN SSH SIGNATURE") ||
         text.starts_with("---- BEGIN SSH2 PUBLIC KEY") ||
         split(text.substr(0, text.find('\n'))).has_value();
}

/// What a new pin allows; an RSA key signs by one of two.
std::vector<std::string> algorithms_of(const SshKey& key) {
  if (key.type != "ssh-rsa") return {key.type};
  return {"rsa-sha2-512", "rsa-sha2-256"};
}

Result<PublishedKey> read_key(std::string_view text) {
  if (auto error = mistaken(text)) return *std::move(error);
  const auto parts = split(only_line(text));
  if (!parts || only_line(text).find('\n') != text.npos) {
    return bad_line("this is not one line with one SSH public key");
  }
  if (parts->principals.find('"') != text.npos) {
    return bad_line("the key's line begins with neither the key nor who uses it");
  }
  std::vector<std::string> notes = TRY(option_notes(parts->options));
  const auto blob = from_base64(parts->base64);
  if (!blob) return bad_line("the base64 of this SSH key is damaged");
  const auto key = parse_ssh_key(as_text(*blob));
  if (!key) {
    return bad_line(fmt::format("this key cannot be pinned: {}", key.error().what),
                    "Ed25519, ECDSA and RSA of 2048 bits or more can be");
  }
  if (key->type != parts->type)
    return bad_line("the key is of another type than its line says");
  if (!parts->principals.empty()) {
    notes.push_back(fmt::format("used by {}", printable(parts->principals)));
  }
  if (!parts->comment.empty()) notes.push_back("its comment: " + printable(parts->comment));
  PublishedKey published{.format = "ssh", .id = "sha256:" + sha256_hex(*blob)};
  published.display_id = ssh_fingerprint(as_text(*blob));
  published.material = as_text(*blob);
  published.value = key->key.value();
  published.file_text = only_line(text);
  published.file_text += '\n';
  published.algorithms = algorithms_of(*key);
  published.notes = std::move(notes);
  return published;
}

}  // namespace

extern const KeyFormat ssh_key_format = {.name = "ssh",
                                         .suffix = ".pub",
                                         .matches = matches_key,
                                         .read = read_key,
                                         .algorithms = kAlgorithms,
                                         .fields = kFields};

}  // namespace assay
