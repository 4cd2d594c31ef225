// The shipped rules about miners, over their indicators and over near misses.

#include "scan/pack_test.h"

namespace assay {
namespace {

TEST_CASE("XMRig: constants and protocol together, in a program") {
  CHECK(fires("MINER001", "a", elf(kConstants + kWords)));
  CHECK(fires("MINER002", "a", pe(kConstants + kWords)));
  CHECK(fires("MINER003", "a", bytes("cffaedfe") + kConstants + kWords));
  CHECK_FALSE(fires("MINER001", "a", pe(kConstants + kWords)));
  CHECK(is_quiet("a", "ELF" + kConstants + kWords));
}

TEST_CASE("XMRig: its own strings do without constants") {
  const std::string own =
      join({text_of("donate.v2.", "xmrig.com"), text_of("randomx-1gb", "-pages"),
            text_of("huge-pages", "-jit"), text_of("cpu-max-threads", "-hint"),
            text_of("donate-over", "-proxy")},
           '\0');
  CHECK(fires("MINER001", "a", elf(own)));
  CHECK(fires("MINER002", "a", pe(own)));
}

TEST_CASE("RandomX without a protocol is a library") {
  CHECK(fires("DUAL001", "librandomx.so.0", elf(kConstants)));
  CHECK(is_quiet("librandomx.so.0", elf(kConstants)));
  CHECK(is_quiet("librandomx.so.0", elf(kConstants + text_of("keep", "alived"))));
  CHECK_FALSE(fires("DUAL001", "a", elf(kConstants + kWords)));
}

TEST_CASE("XMRig's configuration") {
  const std::string five = text_of("{\"donate-", "level\": 1, \"rig-") +
                           text_of("id\": 0, \"1gb-", "pages\": 0, \"rd") +
                           text_of("msr\": 1, \"wr", "msr\": 1");
  CHECK(fires("MINER004", "config.json", five + text_of(", \"hw-", "aes\": null}")));
  CHECK_FALSE(fires("MINER004", "config.json", five + "}"));
  CHECK(is_quiet("doc.md", "# keys\n" + five + text_of(", \"hw-", "aes\": null}")));
}

TEST_CASE("other miners") {
  CHECK(fires("MINER005", "a",
              elf(join({text_of("donate.xmr-", "stak.net"), text_of("giveup_", "limit"),
                        text_of("h_print", "_time"), text_of("aes_", "override"),
                        text_of("use_slow", "_memory")},
                       '\0'))));
  CHECK(fires("MINER006", "a",
              elf(join({text_of("User-Agent: cpu", "miner/2"),
                        text_of("Stratum notify: invalid", " Merkle branch"),
                        text_of("hashes, %s kh", "ash/s")},
                       '\0'))));
  CHECK(fires("MINER007", "a",
              pe(text_of("lol", "Miner --4G-") + text_of("alloc", "-size --dual") + "mode")));
  CHECK(fires("MINER007", "a",
              elf(join({text_of("T-Rex NVIDIA", " GPU miner"), text_of("lhr-", "tune"),
                        text_of("lhr-auto", "tune")},
                       '\0'))));
  CHECK(fires(
      "MINER008", "a",
      elf(join({text_of("mining.", "subscribe"), text_of("mining.", "authorize"), kScheme},
               '\0'))));
  CHECK(is_quiet("a", elf(join({text_of("mining.", "subscribe"), "x"}, '\0'))));
}

TEST_CASE("a miner's options in base64") {
  const std::string encoded = text_of("c3RyYXR1b", "St0Y3A6Ly9wb29s");
  CHECK(fires("MINER009", "a.sh", "#!/bin/sh\necho " + encoded));
  CHECK(is_quiet("a.md", "An example: " + encoded));
}

TEST_CASE("miner command lines") {
  const std::string line = "./x -o " + kScheme + "pool.example:3333 --" + kDonate + "=1\n";
  CHECK(fires("MINER020", "run", "#!/bin/sh\n" + line));
  CHECK(fires("MINER020", "etc/systemd/system/x.service", "[Service]\nExecStart=" + line));
  CHECK(fires("MINER020", "b.deb!/x/etc/cron.d/x", "@reboot root " + line));
  CHECK(is_quiet("README.md", line));
  CHECK(is_quiet("run", "#!/bin/sh\necho " + kScheme + "pool.example\n"));
}

TEST_CASE("somebody's account at a pool") {
  const std::string host = text_of("pool.support", "xmr.com");
  const std::string config = "{\"url\": \"" + host + "\", \"user\": \"" + kWallet + "\"}";
  CHECK(fires("MINER021", "config.json", config));
  CHECK(is_quiet("config.json", "{\"user\": \"" + kWallet + "\"}"));
  CHECK(is_quiet("page.html", "<p>" + config));
}

TEST_CASE("tuning for RandomX") {
  const std::string write = text_of("wr", "msr -a ");
  CHECK(fires("MINER022", "boost",
              "#!/bin/bash\n" + write + "0xc0011020 0\n" + write + "0xc0011021 0\n" + write +
                  "0xc0011022 0\n"));
  CHECK(is_quiet("boost", "#!/bin/bash\n" + write + "0x1a4 0xf\n"));
  const std::string pages = "#!/bin/sh\nsysctl -w vm.nr_" + std::string("hugepages=128\n");
  CHECK(fires("DUAL002", "db.sh", pages));
  CHECK_FALSE(
      fires("DUAL002", "db.sh", "#!/bin/sh\nsysctl vm.nr_" + std::string("hugepages\n")));
  CHECK(is_quiet("db.sh", pages));
}

TEST_CASE("killing rivals") {
  const std::string names = text_of("kdev", "tmpfsi ") + text_of("kin", "sing ");
  CHECK(fires("MINER023", "x", "#!/bin/sh\npkill " + names + text_of("xm", "rig")));
  CHECK(is_quiet("x", "#!/bin/sh\npkill " + names));
}

TEST_CASE("web miners") {
  const std::string start = text_of("new Coin", "Hive.Anonymous('k').start()");
  CHECK(fires("MINER030", "a.js", start));
  CHECK(fires("MINER030", "a.html", "<script>" + start + "</script>"));
  CHECK(fires("MINER030", "a.html",
              text_of("<script src=\"https://coin", "hive.com/lib/coinhive.min.js\">")));
  CHECK(is_quiet("a.txt", start));
  CHECK(is_quiet("blocklist.js", text_of("['coin", "hive.com','authed") + "mine.com']"));
  const std::string wasm = std::string("\0asm\1\0\0\0", 8);
  CHECK(fires("MINER031", "a.wasm",
              wasm + text_of("_crypto", "night_hash") + std::string(40, '\x01')));
  CHECK(is_quiet("a.wasm", wasm + "_sha256_hash"));
}

TEST_CASE("the WinRing0 driver, alone and with a miner") {
  const std::string device = wide(text_of("\\Device\\Win", "Ring0_1_2_0"));
  const std::string driver = pe(device + std::string(1, '\0') + text_of("IoCreate", "Device"));
  CHECK(fires("DRIVER001", "x.sys", driver));
  CHECK_FALSE(fires("DRIVER002", "x.sys", driver));
  CHECK(fires("DRIVER002", "x.exe", pe(device + kConstants)));
  CHECK(is_quiet("x.exe", pe(device)));
}

TEST_CASE("silent miner kits") {
  const std::string options = text_of("--cinit", "-stealth --cinit") + "-find-x";
  CHECK(fires("MINER040", "x.exe", pe(options)));
  CHECK(fires("MINER040", "x.exe", pe(wide(options))));
  CHECK(is_quiet("x.txt", options));
  const std::string shut = text_of("Add-Mp", "Preference -ExclusionPath ");
  CHECK(fires("MINER041", "x.exe", pe(wide(shut) + text_of("siho", "st64"))));
  CHECK(is_quiet("x.exe", pe(wide(shut))));
}

}  // namespace
}  // namespace assay
