// What the tests of OpenPGP share: GnuPG with a home of its own, at times that
// are made up, and certificates of it as pins.

#pragma once

#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "trust/test_kit.h"

namespace assay::test {

/// GnuPG with a home that goes away. A call that fails ends the test program.
class Gpg {
 public:
  Gpg() {
    if (!make_folder(home())) std::abort();
    std::filesystem::permissions(home(), std::filesystem::perms::owner_all);
  }
  Gpg(const Gpg&) = delete;
  Gpg& operator=(const Gpg&) = delete;
  ~Gpg() { static_cast<void>(shell("gpgconf --kill all")); }

  static bool installed() {
    return std::system("timeout 10 gpg --version >/dev/null 2>&1") == 0;  // NOLINT
  }

  /// The exit status of a command with this home, its output in `out`.
  int shell(const std::string& command) const {
    return std::system(("GNUPGHOME=" + home() + " timeout 60 " + command + " >" +  // NOLINT
                        folder_ / "out" + " 2>" + folder_ / "err" + " </dev/null")
                           .c_str());
  }

  /// What gpg writes to its standard output, at a time such as "20250101T000000".
  std::string run(const std::string& arguments, const std::string& time = kThen) const {
    const int status = shell(
        "gpg --batch --yes --no-tty --pinentry-mode loopback --passphrase '' "
        "--trust-model always --allow-weak-digest-algos "
        "--faked-system-time " +
        time + "! " + arguments);
    if (status != 0) {
      std::fputs(read_file(folder_ / "err").take().c_str(), stderr);
      std::abort();
    }
    return read_file(folder_ / "out").take();
  }

  /// A new key without subkeys; its fingerprint.
  std::string key(const std::string& algorithm, const std::string& more = {},
                  const std::string& expires = "0", const std::string& time = kThen) const {
    run("--status-fd 1 " + more + " --quick-gen-key 'Acme Releases <acme@vendor.example>' " +
            algorithm + " sign,cert " + expires,
        time);
    const std::string status = read_file(folder_ / "out").take();
    const std::size_t at = status.find("KEY_CREATED P ");
    if (at == std::string::npos) std::abort();
    return status.substr(at + 14, 40);
  }

  std::string certificate(const std::string& fingerprint, bool armored = true) const {
    return run(std::string(armored ? "--armor" : "") + " --export " + fingerprint);
  }

  /// `text` signed by a key; `how` is "--detach-sign", "--clear-sign", with more options.
  std::string sign(const std::string& fingerprint, std::string_view text,
                   const std::string& how = "--detach-sign", const std::string& time = kThen) {
    if (!write_file(folder_ / "signed", std::string(text))) std::abort();
    return run("-u " + fingerprint + " " + how + " -o - " + folder_ / "signed", time);
  }

  std::string operator/(std::string_view name) const { return folder_ / name; }

  static constexpr const char* kThen = "20250101T000000";

 private:
  std::string home() const { return folder_ / "home"; }
  TempFolder folder_{};
};

inline TrustedKey openpgp_pin(const std::string& certificate, std::string name = "acme-pgp") {
  const PublishedKey published = openpgp_key_format.read(certificate).take();
  TrustedKey key{.name = std::move(name), .format = published.format, .id = published.id};
  key.display_id = published.display_id;
  key.material = published.material;
  key.value = published.id;
  key.algorithms = published.algorithms;
  key.roles = {"payload", "metadata"};
  return key;
}

}  // namespace assay::test
