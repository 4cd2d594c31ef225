#include "log/note.h"

#include <doctest/doctest.h>

#include "log/vectors.h"

namespace assay::log {
namespace {

TEST_CASE("verifier keys are spelled as signed-note spells them") {
  for (const char* const vkey :
       {kLogVkey, kWitnessVkey,
        "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"}) {
    const auto key = parse_vkey(vkey);
    REQUIRE(key);
    CHECK(to_vkey(*key) == vkey);
  }
  CHECK(parse_vkey(kLogVkey)->id() == 0x10c4508b);
  CHECK(parse_vkey(kWitnessVkey)->type == NoteKey::kCosignature);
  const std::string good = kLogVkey;
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 1);
    CHECK_FALSE(parse_vkey(bad));
    CHECK_FALSE(parse_vkey(good.substr(0, i)));
  }
  CHECK_FALSE(is_note_name(""));
  CHECK_FALSE(is_note_name("a b"));
  CHECK_FALSE(is_note_name("a+b"));
  CHECK_FALSE(is_note_name("a\xc2\xa0"));
}

TEST_CASE("what is signed is what opens, and no byte of it else") {
  const SigningKey signer = SigningKey::generate().take();
  const NoteKey key{.name = "a.example/log", .public_key = signer.public_key()};
  const std::string note = sign_note("one\n\ntwo\n", key.name, signer).take();
  const auto opens = [&](const std::string& text) {
    const auto parsed = parse_note(text);
    return parsed && check_signature(*parsed, key) && parsed->text == "one\n\ntwo\n";
  };
  CHECK(opens(note));
  CHECK(format_note(parse_note(note).take()) == note);
  std::size_t accepted = 0;
  for (std::size_t i = 0; i < note.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string bad = note;
      bad[i] = static_cast<char>(bad[i] ^ 1 << bit);
      accepted += opens(bad) ? 1U : 0U;
    }
    accepted += opens(note.substr(0, i)) ? 1U : 0U;
    accepted += opens(note.substr(0, i) + note.substr(i + 1)) ? 1U : 0U;
  }
  CHECK(accepted == 0);
  CHECK_FALSE(sign_note("no newline", key.name, signer));
  CHECK_FALSE(sign_note("text\n", "a name", signer));
}

TEST_CASE("other signers are let be, a second of the same is not") {
  const SigningKey signer = SigningKey::generate().take();
  const NoteKey key{.name = "a", .public_key = signer.public_key()};
  Note note = parse_note(sign_note("t\n", "a", signer).take()).take();
  note.signatures.push_back({.name = "b", .id = 7, .bytes = "whatever"});
  CHECK(check_signature(parse_note(format_note(note)).take(), key));
  note.signatures.push_back(note.signatures.front());
  CHECK_FALSE(check_signature(note, key));
  note.signatures = {{.name = "b", .id = 7, .bytes = "whatever"}};
  const auto refused = check_signature(note, key);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == "log-signature");
}

TEST_CASE("notes that are none") {
  const std::string dash = "\xE2\x80\x94 ";
  const std::string line = dash + "a AAAAAAA=\n";
  CHECK(parse_note("t\n\n" + line));
  const std::vector<std::string> all_bad = {std::string(),
                                            std::string("t\n"),
                                            "t\n\n",
                                            "t\n" + line,
                                            "t\n\n" + line + "x",
                                            "t\n\n- a AAAAAAA=\n",
                                            "t\n\n" + dash + "a AAAAAA==\n",
                                            "t\n\n" + dash + " AAAAAAA=\n",
                                            "t\r\n\n" + line,
                                            "t\x01\n\n" + line,
                                            "t\xff\n\n" + line,
                                            std::string(kMaxNoteBytes, 'x') + "\n\n" + line};
  for (const std::string& bad : all_bad) {
    CHECK_FALSE(parse_note(bad));
  }
  std::string many = "t\n\n";
  for (std::size_t i = 0; i < kMaxNoteSignatures; ++i) many += line;
  CHECK(parse_note(many));
  CHECK_FALSE(parse_note(many + line));
}

}  // namespace
}  // namespace assay::log
