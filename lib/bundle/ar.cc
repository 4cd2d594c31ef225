#include "bundle/ar.h"

#include <array>
#include <charconv>

namespace assay {
namespace {

constexpr std::uint64_t kNamesMax = std::uint64_t{1} << 20;

bool matches(Bytes head) {
  return as_text(head).starts_with(kArMagic);
}

Error corrupt(std::string_view why) {
  return malformed("corrupt-stream", "ar: " + std::string(why));
}
Error truncated() {
  return malformed("truncated", "the ar archive ends early");
}

std::string_view without_blanks(std::string_view field) {
  const std::size_t end = field.find_last_not_of(' ');
  return end == std::string_view::npos ? std::string_view{} : field.substr(0, end + 1);
}

/// The whole of `text` as a number, nothing else; an empty field of mode is 0.
std::optional<std::uint64_t> number(std::string_view text, int base) {
  std::uint64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value, base);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return value;
}

}  // namespace

Result<void> ArReader::read_magic() {
  std::array<std::byte, 8> magic{};
  if (TRY(cursor_.fill(magic, ledger_.metadata)) != magic.size()) return truncated();
  if (as_text(magic) != kArMagic) return corrupt("no archive");
  return {};
}

Result<void> ArReader::finish_member() {
  if (TRY(cursor_.skip(left_, ledger_.member)) != left_) return truncated();
  left_ = 0;
  if (!std::exchange(padded_, false)) return {};
  const Bytes padding = TRY(cursor_.some(1, ledger_.padding));
  if (padding.empty()) return truncated();
  const char byte = as_text(padding).front();
  const bool odd = byte == '\0' && names_allowed_ == Names::any;
  if (byte != '\n' && !odd) return corrupt("the padding between members is no newline");
  if (padding_.value_or(byte) != byte) return corrupt("the padding between members varies");
  padding_ = byte;
  return {};
}

Result<ArHeader> parse_ar_header(Bytes bytes) {
  if (bytes.size() != kArHeaderSize) return truncated();
  const std::string_view text = as_text(bytes);
  if (text.substr(58) != "`\n") return corrupt("a member's header does not end as it must");
  const auto size = number(without_blanks(text.substr(48, 10)), 10);
  if (!size) return corrupt("a member's size is no number");
  // Time, owner and group.
  for (const auto& [at, length] :
       {std::pair<std::size_t, std::size_t>(16, 12), {28, 6}, {34, 6}}) {
    const std::string_view field = without_blanks(text.substr(at, length));
    if (!field.empty() && !number(field, 10))
      return corrupt("a member's header has no numbers");
  }
  const std::string_view mode = without_blanks(text.substr(40, 8));
  if (!mode.empty() && !number(mode, 8)) return corrupt("a member's mode is no number");
  ArHeader header{.name = std::string(without_blanks(text.substr(0, 16))), .size = *size};
  header.mode = static_cast<std::uint32_t>(number(mode, 8).value_or(0) & 07777U);
  return header;
}

Result<std::string> plain_ar_name(std::string_view name) {
  if (name.starts_with('/') || name.starts_with("#1/"))
    return corrupt("a name stands elsewhere");
  if (name.size() > 1 && name.ends_with('/')) name.remove_suffix(1);
  if (name.find('/') != name.npos) return malformed("unsafe-name", "ar: a name has a slash");
  return std::string(name);
}

Result<std::optional<ArHeader>> ArReader::read_header() {
  std::array<std::byte, kArHeaderSize> bytes{};
  const std::size_t count = TRY(cursor_.fill(bytes, ledger_.metadata));
  if (count == 0) return std::optional<ArHeader>{};
  auto header = TRY(parse_ar_header(Bytes(bytes).first(count)));
  left_ = header.size;
  padded_ = header.size % 2 != 0;
  return std::optional(std::move(header));
}

Result<std::string> ArReader::take_text(std::uint64_t size, std::uint64_t& counter) {
  if (size > left_) return corrupt("a name is longer than its member");
  if (size > kNamesMax) return undecided("unsupported-feature", "ar: names over 1 MiB");
  std::string text(size, '\0');
  const std::span<char> room(text);
  if (TRY(cursor_.fill(std::as_writable_bytes(room), counter)) != size) return truncated();
  left_ -= size;
  return text;
}

/// GNU "name/" and "/offset", BSD "#1/length"; the length counts as content there.
Result<void> ArReader::resolve_name(ArHeader& header) {
  const std::string_view name = header.name;
  if (name.starts_with("#1/")) {
    if (!names_.empty()) return corrupt("long names of two kinds");
    const auto length = number(name.substr(3), 10);
    if (!length) return corrupt("a BSD name has no length");
    header.name = TRY(take_text(*length, ledger_.metadata));
    header.name.resize(header.name.find_last_not_of('\0') + 1);
    return {};
  }
  if (name.starts_with('/') && name.size() > 1) {
    const auto offset = number(name.substr(1), 10);
    if (!offset || *offset >= names_.size()) return corrupt("a long name is not in the table");
    if (*offset > 0 && names_[*offset - 1] != '\n') {
      return malformed("ambiguous-type", "ar: a long name begins inside another");
    }
    const std::size_t end = names_.find('\n', *offset);
    header.name = names_.substr(*offset, end - *offset);
  }
  if (header.name.size() > 1 && header.name.ends_with('/')) header.name.pop_back();
  return {};
}

Entry ArReader::entry_of(ArHeader header) const {
  return {.name = std::move(header.name),
          .kind = MemberKind::file,
          .mode = header.mode,
          .declared_size = give_stored_ ? header.size : left_};
}

Result<std::optional<Entry>> ArReader::next() {
  give_stored_ = false;
  TRY(finish_member());
  auto header = TRY(read_header());
  if (!header) return std::optional<Entry>{};
  const std::uint64_t size = header->size;
  if (names_allowed_ == Names::plain) {
    header->name = TRY(plain_ar_name(header->name));
    return std::optional<Entry>(entry_of(std::move(*header)));
  }
  // The tables are members too, so that every byte is looked at; "/" is no file name.
  if (header->name == "/") {
    header->name = "__.SYMDEF";
  } else if (header->name == "/SYM64/") {
    header->name = "__.SYMDEF_64";
  } else if (header->name == "//") {
    if (named_ || !names_.empty()) return corrupt("the table of names is not the first member");
    stored_ = TRY(take_text(size, ledger_.member));
    names_ = stored_;
    give_stored_ = true;
    header->name = "__.NAMES";
  } else {
    TRY(resolve_name(*header));
    named_ = true;
    if (header->name.find('/') != std::string::npos) {
      return malformed("unsafe-name", "ar: a name has a slash");
    }
    if (header->name == "debian-binary") {
      return malformed("ambiguous-type", "ar: the members of a deb, in another order");
    }
  }
  return std::optional<Entry>(entry_of(std::move(*header)));
}

Result<Bytes> ArReader::read() {
  if (std::exchange(give_stored_, false)) return as_bytes(stored_);
  if (left_ == 0) return Bytes{};
  const Bytes piece = TRY(cursor_.some(left_, ledger_.member));
  if (piece.empty()) return truncated();
  left_ -= piece.size();
  return piece;
}

namespace {

Result<std::unique_ptr<MemberReader>> open(ByteStream& bytes, const Limits& /*limits*/) {
  auto reader = std::make_unique<ArReader>(bytes);
  TRY(reader->read_magic());
  return std::unique_ptr<MemberReader>(std::move(reader));
}

}  // namespace

extern constinit const Container ar_container = {"ar", matches, open, nullptr};

}  // namespace assay
