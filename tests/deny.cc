// deny ERRNO CALL[,CALL]... COMMAND...: runs the command where these system calls
// answer that errno, as some containers and emulators do. "seccomp" stands for both
// ways to it.

#include <seccomp.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <sstream>
#include <string>

namespace {

bool deny(scmp_filter_ctx filter, const std::string& name, std::uint32_t answer) {
  if (name == "seccomp") {
    const scmp_arg_cmp set{
        .arg = 0, .op = SCMP_CMP_EQ, .datum_a = PR_SET_SECCOMP, .datum_b = 0};
    if (seccomp_rule_add_array(filter, answer, SCMP_SYS(prctl), 1, &set) != 0) return false;
  }
  const int number = seccomp_syscall_resolve_name(name.c_str());
  return number != __NR_SCMP_ERROR && seccomp_rule_add(filter, answer, number, 0) == 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) return 2;
  const std::uint32_t answer = SCMP_ACT_ERRNO(static_cast<std::uint16_t>(std::atoi(argv[1])));
  scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
  std::istringstream names(argv[2]);
  for (std::string name; std::getline(names, name, ',');) {
    if (!deny(filter, name, answer)) return 2;
  }
  if (seccomp_load(filter) != 0) return 2;
  ::execvp(argv[3], argv + 3);
  std::perror(argv[3]);
  return 2;
}
