#include "log/proof.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/bytes.h"

namespace assay::log {
namespace {

constexpr std::string_view kFirstLine = "c2sp.org/tlog-proof@v1\n";
constexpr std::string_view kIndex = "index ";
constexpr std::string_view kExtra = "extra ";

Error refuse(std::string code, std::string what) {
  return {.kind = Error::Kind::durability, .code = std::move(code), .what = std::move(what)};
}

Error malformed_proof(std::string what) {
  return refuse("log-proof-malformed", std::move(what));
}

/// The next line with its newline, cut off; nothing at the end.
std::string_view next_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end == text.npos ? 0 : end + 1);
  text.remove_prefix(line.size());
  return line;
}

std::optional<Hash> parse_hash(std::string_view line) {
  if (!line.ends_with('\n')) return std::nullopt;
  line.remove_suffix(1);
  const auto bytes = from_base64(line);
  if (!bytes || bytes->size() != sizeof(Hash)) return std::nullopt;
  Hash hash{};
  std::ranges::copy(*bytes, hash.begin());
  return hash;
}

}  // namespace

std::string format_proof(const ProofFile& proof) {
  std::string text = fmt::format("{}{}{}\n", kFirstLine, kIndex, proof.index);
  for (const Hash& hash : proof.hashes) text += to_base64(hash) + "\n";
  return text + "\n" + proof.checkpoint;
}

Result<ProofFile> parse_proof(std::string_view text) {
  if (text.size() > kMaxProofFile || !text.starts_with(kFirstLine)) {
    return malformed_proof("this is no tlog-proof of version 1");
  }
  std::string_view rest = text.substr(kFirstLine.size());
  std::string_view line = next_line(rest);
  if (line.starts_with(kExtra)) {
    line.remove_prefix(kExtra.size());
    if (!from_base64(line.substr(0, line.size() - 1))) {
      return malformed_proof("its extra data is no base64");
    }
    line = next_line(rest);
  }
  ProofFile proof;
  if (!line.starts_with(kIndex)) return malformed_proof("it names no index");
  std::from_chars(line.data() + kIndex.size(), line.data() + line.size(), proof.index);
  if (line != fmt::format("{}{}\n", kIndex, proof.index)) {
    return malformed_proof("its index is no number");
  }
  for (line = next_line(rest); line != "\n"; line = next_line(rest)) {
    const auto hash = parse_hash(line);
    if (!hash || proof.hashes.size() == kMaxProof) {
      return malformed_proof("it holds something that is no hash, or too many");
    }
    proof.hashes.push_back(*hash);
  }
  proof.checkpoint = rest;
  return proof;
}

Result<Included> open_proof(std::string_view text, std::string_view entry, const NoteKey& log) {
  const ProofFile proof = TRY(parse_proof(text));
  Included included{.index = proof.index};
  included.checkpoint = TRY(open_checkpoint(proof.checkpoint, log));
  included.note = TRY(parse_note(proof.checkpoint));
  const TreeHead& tree = included.checkpoint.tree;
  if (verify_inclusion(proof.index, tree.size, leaf_hash(as_bytes(entry)), proof.hashes,
                       tree.root)) {
    return included;
  }
  return refuse("log-not-included",
                fmt::format("the proof does not lead from it, as entry {}, to the root of {}",
                            proof.index, tree.size));
}

}  // namespace assay::log
