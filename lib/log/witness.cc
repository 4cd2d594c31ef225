#include "log/witness.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>

#include <algorithm>
#include <cerrno>
#include <charconv>

#include "base/bytes.h"
#include "base/file.h"
#include "crypto/digest.h"
#include "log/append.h"
#include "log/memory.h"

namespace assay::log {
namespace {

constexpr std::string_view kOld = "old ";
constexpr std::size_t kMaxWitnesses = 64;

Error refuse(std::string code, std::string what) {
  return {.kind = Error::Kind::durability, .code = std::move(code), .what = std::move(what)};
}

Error malformed_request(const std::string& what) {
  return fail(Error::Kind::usage, "this is no request to a witness: " + what,
              "`assay log witness-request` writes one");
}

/// The next line without its newline; what is no whole line is empty.
std::string_view next_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end == text.npos ? 0 : end);
  text.remove_prefix(end == text.npos ? text.size() : end + 1);
  return line;
}

Result<Fd> lock(const std::string& path) {
  Fd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644));
  if (fd && ::flock(fd.get(), LOCK_EX) == 0) return fd;
  Error error = io_error("cannot lock '" + printable(path) + "'", errno);
  error.kind = Error::Kind::durability;
  return error;
}

/// The log's key whose checkpoint this is.
Result<Checkpoint> open_by_any(std::string_view note, std::span<const NoteKey> logs) {
  for (const NoteKey& log : logs) {
    auto checkpoint = open_checkpoint(note, log);
    if (checkpoint) return checkpoint;
  }
  return fail(Error::Kind::config, "no log that this witness knows signed the checkpoint",
              "name the log's key with --vkey, as `assay log key` prints it there");
}

/// `request` continues what was seen before, or begins with nothing.
Result<void> check_continues(const std::optional<TreeHead>& before,
                             const WitnessRequest& request, const TreeHead& tree) {
  const TreeHead known = before.value_or(TreeHead{.size = 0, .root = empty_root()});
  if (tree.size < known.size) {
    return refuse("log-rolled-back", fmt::format("the log has {} entries, {} were seen before",
                                                 tree.size, known.size));
  }
  if (tree.size == known.size && tree.root != known.root) {
    return refuse("log-forked",
                  fmt::format("another tree of {} entries was seen before", known.size));
  }
  if (request.old_size != known.size) {
    return fail(
        Error::Kind::usage,
        fmt::format("this witness saw {} entries last, not {}", known.size, request.old_size),
        fmt::format("ask again: assay log witness-request --old {}", known.size));
  }
  if (verify_consistency(known.size, tree.size, known.root, tree.root, request.proof)) {
    return {};
  }
  return refuse("log-rewritten",
                fmt::format("the first {} entries are not those that were seen before, or the "
                            "proof is wrong",
                            known.size));
}

std::string note_name(const NoteKey& witness) {
  return fmt::format("witness/{:08x}.note", witness.id());
}

/// The newest of several cosignatures of one witness.
void keep_newest(std::vector<Seen>& all, Seen seen) {
  const auto known = std::ranges::find(all, seen.witness, &Seen::witness);
  if (known == all.end()) {
    all.push_back(std::move(seen));
  } else if (known->at < seen.at) {
    *known = std::move(seen);
  }
}

/// Who of `witnesses` cosigned a checkpoint that the log signed.
Result<void> add_seen(const Note& note, const NoteKey& log, std::span<const NoteKey> witnesses,
                      std::vector<Seen>& all) {
  TRY(check_signature(note, log));
  const Checkpoint checkpoint = TRY(parse_checkpoint(note.text));
  if (checkpoint.origin != log.name)
    return refuse("log-origin", "a cosigned checkpoint of another log");
  for (const Cosignature& one : TRY(cosignatures(note, witnesses))) {
    keep_newest(all, {.witness = one.witness.name, .tree = checkpoint.tree, .at = one.at});
  }
  return {};
}

/// The log's note, with those lines of others that are not there yet.
void add_lines(Note& note, const std::vector<NoteSignature>& lines) {
  for (const NoteSignature& line : lines) {
    std::erase_if(note.signatures, [&](const NoteSignature& old) {
      return old.name == line.name && old.id == line.id;
    });
    note.signatures.push_back(line);
  }
}

/// Those of the lines that one of the witnesses may have made.
Result<std::vector<NoteSignature>> lines_of(std::string_view text, const Note& note,
                                            std::span<const NoteKey> witnesses) {
  std::string whole = note.text + "\n" + std::string(text);
  if (!whole.ends_with('\n')) whole += '\n';
  std::vector<NoteSignature> lines = TRY(parse_note(whole)).signatures;
  std::erase_if(lines, [&](const NoteSignature& line) {
    return std::ranges::none_of(witnesses, [&](const NoteKey& witness) {
      return witness.name == line.name && witness.id() == line.id;
    });
  });
  if (!lines.empty()) return lines;
  return fail(Error::Kind::usage, "there is no cosignature of a known witness",
              "name his key with --witness, as `assay witness key` prints it there");
}

/// Each witness's own file; the lock is held.
Result<void> write_notes(const Folder& folder, const Note& note,
                         const std::vector<NoteSignature>& lines,
                         std::span<const NoteKey> witnesses) {
  Step step(folder);
  for (const NoteKey& witness : witnesses) {
    const auto line = std::ranges::find_if(lines, [&](const NoteSignature& one) {
      return one.name == witness.name && one.id == witness.id();
    });
    if (line == lines.end()) continue;
    Note seen{.text = note.text, .signatures = {note.signatures.front()}};
    add_lines(seen, {*line});
    TRY(step.put(note_name(witness), format_note(seen)));
    TRY(step.put(fmt::format("witness/{:08x}.vkey", witness.id()), to_vkey(witness) + "\n"));
  }
  const std::string now = TRY(folder.read_note());
  Note current = TRY(parse_note(now));
  if (current.text == note.text) {
    add_lines(current, lines);
    TRY(step.put("checkpoint", format_note(current)));
  }
  return step.commit();
}

}  // namespace

std::string format_request(const WitnessRequest& request) {
  std::string text = fmt::format("{}{}\n", kOld, request.old_size);
  for (const Hash& hash : request.proof) text += to_base64(hash) + "\n";
  return text + "\n" + request.checkpoint;
}

Result<WitnessRequest> parse_request(std::string_view text) {
  if (text.size() > kMaxRequest || !text.starts_with(kOld)) {
    return malformed_request("it does not begin with 'old'");
  }
  std::string_view rest = text.substr(kOld.size());
  WitnessRequest request;
  const std::string_view size = next_line(rest);
  std::from_chars(size.data(), size.data() + size.size(), request.old_size);
  while (!rest.empty() && !rest.starts_with('\n')) {
    const auto bytes = from_base64(next_line(rest));
    if (!bytes || bytes->size() != sizeof(Hash) || request.proof.size() == kMaxProof) {
      return malformed_request("a line of its proof is no hash, or there are too many");
    }
    std::ranges::copy(*bytes, request.proof.emplace_back().begin());
  }
  next_line(rest);
  request.checkpoint = rest;
  if (format_request(request) == text) return request;
  return malformed_request("it is not spelled as the protocol wants it");
}

Result<WitnessRequest> make_request(const Folder& folder, const NoteKey& log,
                                    std::uint64_t old_size) {
  WitnessRequest request{.old_size = old_size};
  request.checkpoint = TRY(folder.read_note());
  const std::uint64_t size = TRY(open_checkpoint(request.checkpoint, log)).tree.size;
  if (old_size > size) {
    return fail(Error::Kind::usage,
                fmt::format("the log has {} entries, not {}", size, old_size),
                "if a witness saw more, entries are gone: `assay log verify`");
  }
  if (old_size > 0) {
    request.proof = TRY(prove_consistency(old_size, size, subtrees_of(size, folder.reader())));
  }
  return request;
}

Result<std::string> witness_sign(const std::string& state, std::string_view request,
                                 std::span<const NoteKey> logs, const NoteKey& witness,
                                 const Signer& signer, Time at) {
  const WitnessRequest asked = TRY(parse_request(request));
  const Checkpoint checkpoint = TRY(open_by_any(asked.checkpoint, logs));
  TRY(make_folder(state, 0700));
  const Fd held = TRY(lock(state + "/lock"));
  const std::string memory =
      fmt::format("{}/{}.checkpoint", state, sha256_hex(as_bytes(checkpoint.origin)));
  TRY(check_continues(TRY(recall(memory, checkpoint.origin)), asked, checkpoint.tree));
  // Remembered before anybody can have the signature.
  TRY(remember(memory, checkpoint));
  const Note note = TRY(parse_note(asked.checkpoint));
  const NoteSignature line = TRY(cosign(note.text, witness, signer, at));
  const std::string whole = format_note({.text = "\n", .signatures = {line}});
  return whole.substr(2);
}

Result<std::vector<Seen>> add_cosignatures(const Folder& folder, const NoteKey& log,
                                           std::string_view note, std::string_view lines,
                                           std::span<const NoteKey> witnesses) {
  const Checkpoint checkpoint = TRY(open_checkpoint(note, log));
  Note cosigned = TRY(parse_note(note));
  std::erase_if(cosigned.signatures, [&](const NoteSignature& one) {
    return one.name != log.name || one.id != log.id();
  });
  const auto fresh = TRY(lines_of(lines, cosigned, witnesses));
  Note with_lines = cosigned;
  add_lines(with_lines, fresh);
  std::vector<Seen> seen;
  TRY(add_seen(with_lines, log, witnesses, seen));
  TRY(with_lock(folder, {}, [&]() -> Result<void> {
    const TreeHead now = TRY(open_checkpoint(TRY(folder.read_note()), log)).tree;
    TRY(check_grown(checkpoint.tree, now, subtrees_of(now.size, folder.reader())));
    return write_notes(folder, cosigned, fresh, witnesses);
  }));
  return seen;
}

Result<std::vector<NoteKey>> known_witnesses(const Folder& folder) {
  std::vector<NoteKey> witnesses;
  for (const std::string& name : TRY(names_in(folder.path("witness")))) {
    if (!name.ends_with(".vkey") || witnesses.size() == kMaxWitnesses) continue;
    std::string text = TRY(read_file(folder.path("witness/" + name), 1024));
    if (text.ends_with('\n')) text.pop_back();
    witnesses.push_back(TRY(parse_vkey(text)));
  }
  return witnesses;
}

Result<std::vector<Seen>> newest_seen(const Folder* folder, const NoteKey& log,
                                      std::span<const NoteKey> witnesses,
                                      std::span<const Note> more) {
  std::vector<Seen> all;
  for (const Note& note : more) TRY(add_seen(note, log, witnesses, all));
  if (folder == nullptr) return all;
  for (const NoteKey& witness : witnesses) {
    const auto text = read_file(folder->path(note_name(witness)), kMaxNoteBytes);
    if (!text && text.error().kind == Error::Kind::usage) continue;  // it saw nothing yet
    if (!text) return refuse("log-damaged", text.error().what);
    TRY(add_seen(TRY(parse_note(*text)), log, witnesses, all));
  }
  return all;
}

Result<std::vector<Seen>> seen_by(const Folder& folder, const NoteKey& log) {
  const std::vector<NoteKey> witnesses = TRY(known_witnesses(folder));
  return newest_seen(&folder, log, witnesses);
}

}  // namespace assay::log
