#include "examine/wire.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <map>

#include "base/bytes.h"
#include "crypto/digest.h"

namespace assay {
namespace {

enum class Record : unsigned char {
  level = 'L',
  member = 'M',
  kept = 'K',
  finding = 'F',
  problem = 'P',
  summary = 'S',
  end = 'E',
};

constexpr std::size_t kMaxWord = 64;        // a type, a format, a rule id, a reason id
constexpr std::size_t kMaxDetail = 4096;    // a problem's line
constexpr std::size_t kMaxContext = 32;     // bytes around a finding
constexpr std::size_t kMaxWhy = 16 << 10;   // a rule's words, 8 KiB in YARA, and more
constexpr std::size_t kMaxPath = 32 << 10;  // a name at every depth
constexpr std::size_t kDigest = 32;
constexpr std::size_t kMaxPiece = 60 << 10;  // of a member that is kept

bool is_shown(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7f; });
}

/// True for what reading a bundle can give; other notes are not the worker's to make.
bool is_of_walk(std::string_view code) {
  const Reason* const reason = find_reason(code);
  if (reason == nullptr || reason->effect == Effect::refuses) return false;
  return reason->effect != Effect::note || std::ranges::binary_search(bundle_notes(), code);
}

/// In the order of the summary.
constexpr std::uint64_t Ledger::*kLedgerFields[] = {
    &Ledger::member, &Ledger::metadata, &Ledger::padding, &Ledger::signature, &Ledger::unknown};

Error lie(std::string what) {
  return undecided("worker-protocol",
                   "the worker's answer is not in order: " + std::move(what));
}

/// Writes the fields of one record.
class Payload {
 public:
  Payload& number(std::uint64_t value, std::size_t width) {
    for (std::size_t i = 0; i < width; ++i)
      bytes_ += static_cast<char>(value >> (8 * i) & 0xffU);
    return *this;
  }
  Payload& text(std::string_view value) {
    number(value.size(), 4);
    bytes_ += value;
    return *this;
  }
  std::string record(Record type) const {
    Payload head;
    head.number(static_cast<unsigned char>(type), 1).number(bytes_.size(), 4);
    return head.bytes_ + bytes_;
  }

 private:
  std::string bytes_;
};

/// Reads the fields of one record; once something is wrong, everything is.
class Fields {
 public:
  explicit Fields(std::string_view bytes) : rest_(bytes) {}

  std::uint64_t number(std::size_t width) {
    const std::string_view bytes = take(width);
    std::uint64_t value = 0;
    for (std::size_t i = bytes.size(); i-- > 0;) {
      value = value << 8 | static_cast<unsigned char>(bytes[i]);
    }
    return value;
  }
  std::string text(std::size_t most) {
    const std::uint64_t size = number(4);
    if (size > most) good_ = false;
    return std::string(take(good_ ? size : 0));
  }
  /// Lower-case letters, digits and a few signs: what our own tables hold.
  std::string word() {
    std::string value = text(kMaxWord);
    const auto plain = [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
             c == '.' || c == '-' || c == '_' || c == '+' || c == '/';
    };
    if (!std::ranges::all_of(value, plain)) good_ = false;
    return value;
  }
  std::string digest_or_nothing() {
    const std::string value = text(kDigest);
    if (!value.empty() && value.size() != kDigest) good_ = false;
    return to_hex(as_bytes(value));
  }
  bool flag() {
    const std::uint64_t value = number(1);
    if (value > 1) good_ = false;
    return value == 1;
  }
  bool good() const { return good_; }
  /// True if every byte was read and nothing was wrong.
  bool finished() const { return good_ && rest_.empty(); }

 private:
  std::string_view take(std::uint64_t count) {
    if (count > rest_.size()) good_ = false;
    if (!good_) return {};
    const std::string_view taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
  }
  std::string_view rest_;
  bool good_ = true;
};

std::string member_record(const Member& member) {
  const auto digest = from_hex(member.sha256).value_or(std::vector<std::byte>{});
  return Payload()
      .number(static_cast<std::uint64_t>(member.kind), 1)
      .text(member.type)
      .number(member.size, 8)
      .number(member.mode, 4)
      .text(as_text(digest))
      .number(member.scanned ? 1 : 0, 1)
      .text(member.path)
      .text(member.link_target)
      .record(Record::member);
}

/// An empty member has one piece, too.
void add_pieces(const KeptMember& kept, const std::function<void(const std::string&)>& add) {
  std::string_view rest = kept.bytes;
  do {
    const std::string_view piece = rest.substr(0, kMaxPiece);
    add(Payload().number(kept.place, 4).text(piece).record(Record::kept));
    rest.remove_prefix(piece.size());
  } while (!rest.empty());
}

/// Reads the records of a stream, one type at a time.
class Reader {
 public:
  Reader(std::string_view stream, const RuleSet& rules, const Limits& limits,
         std::uint64_t bundle_size, const Keeping& keep)
      : stream_(stream),
        limits_(limits),
        bundle_size_(bundle_size),
        keep_(keep),
        room_(keep.max_bytes) {
    for (const RuleMeta& rule : rules.rules()) rules_.emplace(rule.id, &rule);
  }

  Result<Examination> read() {
    TRY(read_level());
    while (TRY(upcoming()) == Record::member) TRY(read_member());
    count_members(out_);  // what we can count ourselves, we do
    while (TRY(upcoming()) == Record::kept) TRY(read_kept());
    TRY(check_kept());
    for (Record type = TRY(upcoming()); type != Record::summary; type = TRY(upcoming())) {
      if (type == Record::finding) {
        TRY(read_finding());
      } else if (type == Record::problem) {
        TRY(read_problem());
      } else {
        return lie("a record stands where it must not");
      }
    }
    TRY(read_summary());
    TRY(read_end());
    if (at_ != stream_.size()) return lie("bytes follow its end");
    return std::move(out_);
  }

 private:
  Result<Record> upcoming() const {
    if (at_ >= stream_.size()) return lie("it ends early");
    switch (const auto type = static_cast<Record>(static_cast<unsigned char>(stream_[at_]))) {
      case Record::level:
      case Record::member:
      case Record::kept:
      case Record::finding:
      case Record::problem:
      case Record::summary:
      case Record::end: return type;
    }
    return lie(fmt::format("no record begins with 0x{:02x}",
                           static_cast<unsigned char>(stream_[at_])));
  }

  /// The fields of the next record, which must be of this type.
  Result<Fields> next(Record type) {
    if (TRY(upcoming()) != type) return lie("a record stands where it must not");
    Fields head(stream_.substr(at_ + 1, 4));
    const std::uint64_t size = head.number(4);
    if (!head.good()) return lie("it ends early");
    if (size > kMaxRecord) return lie(fmt::format("a record of {} bytes", size));
    if (size > stream_.size() - at_ - 5) return lie("it ends early");
    const Fields fields(stream_.substr(at_ + 5, size));
    at_ += 5 + size;
    ++records_;
    return fields;
  }

  Result<void> read_level() {
    Fields fields = TRY(next(Record::level));
    out_.sandbox = fields.word();
    return fields.finished() && wall_from(out_.sandbox) ? Result<void>{} : lie("a bad level");
  }

  Result<void> read_member() {
    Fields fields = TRY(next(Record::member));
    Member member;
    const std::uint64_t kind = fields.number(1);
    member.type = fields.word();
    member.size = fields.number(8);
    member.mode = static_cast<std::uint32_t>(fields.number(4));
    member.sha256 = fields.digest_or_nothing();
    member.scanned = fields.flag();
    member.path = fields.text(kMaxPath);
    member.link_target = fields.text(kMaxPath);
    if (!fields.finished() || kind > static_cast<std::uint64_t>(MemberKind::device)) {
      return lie("a bad member");
    }
    if (member.scanned && member.sha256.empty())
      return lie("a scanned member without a digest");
    if (out_.members.size() > limits_.members) return lie("more members than the limit");
    member.kind = static_cast<MemberKind>(kind);
    out_.members.push_back(std::move(member));
    return {};
  }

  Result<void> read_kept() {
    Fields fields = TRY(next(Record::kept));
    const std::uint64_t place = fields.number(4);
    const std::string piece = fields.text(kMaxPiece);
    const bool is_next = out_.kept.empty() || place >= out_.kept.back().place;
    if (!fields.finished() || place >= out_.members.size() || !is_next ||
        !keep_.wants(out_.members[place].path) || piece.size() > room_) {
      return lie("a bad piece of a member");
    }
    room_ -= piece.size();
    if (out_.kept.empty() || place > out_.kept.back().place) {
      out_.kept.push_back({.place = static_cast<std::size_t>(place)});
    }
    out_.kept.back().bytes += piece;
    return {};
  }

  Result<void> check_kept() const {
    for (const KeptMember& kept : out_.kept) {
      if (sha256_hex(as_bytes(kept.bytes)) != out_.members[kept.place].sha256) {
        return lie("a member that is not what its digest says");
      }
    }
    return {};
  }

  Result<void> read_finding() {
    Fields fields = TRY(next(Record::finding));
    const std::string id = fields.word();
    const std::uint64_t member = fields.number(4);
    Finding finding{.offset = fields.number(8),
                    .context = fields.text(kMaxContext),
                    .why = fields.text(kMaxWhy)};
    const auto rule = rules_.find(id);
    if (!fields.finished() || rule == rules_.end() || member >= out_.members.size()) {
      return lie("a bad finding");
    }
    const RuleMeta& meta = *rule->second;
    // What was seen stands behind the rule's words, and in place of none of them.
    if (!finding.why.starts_with(meta.why) ||
        !is_shown(std::string_view(finding.why).substr(meta.why.size()))) {
      return lie("a finding in words that are not the rule's");
    }
    finding.rule = meta.id;
    finding.name = meta.name;
    finding.severity = meta.severity;
    finding.category = meta.category;
    finding.family = meta.family;
    finding.remedy = meta.remedy;
    finding.reference = meta.reference;
    finding.member = out_.members[member].path;
    finding.member_sha256 = out_.members[member].sha256;
    out_.findings.push_back(std::move(finding));
    return {};
  }

  Result<void> read_problem() {
    Fields fields = TRY(next(Record::problem));
    const std::string code = fields.word();
    const std::string member = fields.text(kMaxPath);
    const std::string detail = fields.text(kMaxDetail);
    if (!fields.finished() || !is_of_walk(code)) return lie("a bad problem");
    if (!is_shown(detail)) return lie("a problem that is not printable");
    out_.problems.push_back(make_problem(code, member, detail));
    return {};
  }

  Result<void> read_summary() {
    Fields fields = TRY(next(Record::summary));
    out_.format = fields.word();
    out_.coverage.bytes = fields.number(8);
    out_.coverage.depth = fields.number(8);
    out_.coverage.complete = fields.flag();
    for (const auto count : kLedgerFields) out_.coverage.ledger.*count = fields.number(8);
    if (!fields.finished() || out_.format.empty()) return lie("a bad summary");
    if (!adds_up_to(out_.coverage.ledger, bundle_size_)) {
      return lie("the bundle's bytes do not add up");
    }
    return {};
  }

  Result<void> read_end() {
    const std::uint64_t before = records_;
    const std::string digest = sha256_hex(as_bytes(stream_.substr(0, at_)));
    Fields fields = TRY(next(Record::end));
    const std::uint64_t count = fields.number(8);
    const std::string claimed = fields.digest_or_nothing();
    if (!fields.finished() || count != before || claimed != digest) {
      return lie("its end does not fit what came before");
    }
    return {};
  }

  std::string_view stream_;
  const Limits& limits_;
  const std::uint64_t bundle_size_;
  const Keeping& keep_;
  std::uint64_t room_;  ///< for members that are kept
  std::map<std::string, const RuleMeta*, std::less<>> rules_{};
  std::size_t at_ = 0;
  std::uint64_t records_ = 0;
  Examination out_{};
};

}  // namespace

std::string encode_level(std::string_view sandbox) {
  return Payload().text(sandbox).record(Record::level);
}

std::string encode_examination(const Examination& examination, std::string_view before) {
  std::string stream;
  std::uint64_t records = 1;  // the level
  std::map<std::pair<std::string_view, std::string_view>, std::size_t> places;
  const auto add = [&](const std::string& record) {
    stream += record;
    ++records;
  };
  for (std::size_t i = 0; i < examination.members.size(); ++i) {
    const Member& member = examination.members[i];
    places.emplace(std::pair(std::string_view(member.path), std::string_view(member.sha256)),
                   i);
    add(member_record(member));
  }
  for (const KeptMember& kept : examination.kept) add_pieces(kept, add);
  for (const Finding& finding : examination.findings) {
    add(Payload()
            .text(finding.rule)
            .number(places.at({finding.member, finding.member_sha256}), 4)
            .number(finding.offset, 8)
            .text(finding.context)
            .text(std::string_view(finding.why).substr(0, kMaxWhy))
            .record(Record::finding));
  }
  for (const Problem& problem : examination.problems) {
    add(Payload()
            .text(problem.code)
            .text(problem.member)
            .text(problem.detail.substr(0, kMaxDetail))
            .record(Record::problem));
  }
  Payload summary;
  summary.text(examination.format)
      .number(examination.coverage.bytes, 8)
      .number(examination.coverage.depth, 8)
      .number(examination.coverage.complete ? 1 : 0, 1);
  for (const auto count : kLedgerFields) summary.number(examination.coverage.ledger.*count, 8);
  add(summary.record(Record::summary));
  Hasher hasher(HashAlgorithm::sha256);
  hasher.update(as_bytes(before));
  hasher.update(as_bytes(stream));
  const std::vector<std::byte> digest = hasher.finish();
  return stream + Payload().number(records, 8).text(as_text(Bytes(digest))).record(Record::end);
}

Result<Examination> decode_examination(std::string_view stream, const RuleSet& rules,
                                       const Limits& limits, std::uint64_t bundle_size,
                                       const Keeping& keep) {
  return Reader(stream, rules, limits, bundle_size, keep).read();
}

}  // namespace assay
