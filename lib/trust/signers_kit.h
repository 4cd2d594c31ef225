// Every signer there is, and what each makes of a bundle.

#pragma once

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "trust/gpg_kit.h"
#include "trust/pki_kit.h"

namespace assay::test {

/// A file of a release.
struct Bundle {
  std::string name{}, content{};
};

/// Every signer there is, all of them pinned for acme, who may sign app-*.
class Signers {
 public:
  Signers() {
    pki_.make_vendor();
    pki_.pin("acme", "x509-leaf");
    pki_.openssl("genpkey -algorithm ED25519 -out ci.key");
    pki_.openssl("pkey -in ci.key -pubout -out ci.pub");
    pki_.openssl("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out raw.key");
    pki_.openssl("pkey -in raw.key -pubout -out raw.pub");
    pki_.make_authority();
    pki_.believe("tsa/time.pem", pki_.read("tsaca.pem"));
    REQUIRE(run("signify-openbsd -G -n -c acme -p " + path("s.pub") + " -s " + path("s.sec")));
    REQUIRE(run("ssh-keygen -q -t ed25519 -N '' -C acme -f " + path("ssh")));
    add("minisign", mini_.pub());
    add("signify", pki_.read("s.pub"));
    add("ssh", pki_.read("ssh.pub"));
    add("openpgp", gpg_.certificate(pgp_));
    add("raw", pki_.read("raw.pub"));
    add("ci", pki_.read("ci.pub"), {"provenance"});
    store_ = TrustStore::load(path("trust"), all_formats()).take();
  }

  static bool installed() {
    return Gpg::installed() && run("sh -c 'command -v signify-openbsd ssh-keygen'");
  }

  std::string minisign(const Bundle& it) const {
    return mini_.sign(it.content, "file:" + it.name);
  }
  std::string signify(const Bundle& it, const std::string& options = {}) const {
    pki_.write("message", it.content);
    REQUIRE(run("signify-openbsd -S " + options + " -s " + path("s.sec") + " -m " +
                path("message") + " -x " + path("out.sig")));
    return pki_.read("out.sig");
  }
  std::string ssh(const Bundle& it) const {
    pki_.write("message", it.content);
    std::error_code gone;
    std::filesystem::remove(path("message.sig"), gone);
    REQUIRE(run("ssh-keygen -Y sign -q -n file -f " + path("ssh") + " " + path("message")));
    return pki_.read("message.sig");
  }
  std::string openpgp(const Bundle& it, const std::string& how = "--detach-sign") {
    return gpg_.sign(pgp_, it.content, how);
  }
  std::string cms(const Bundle& it) const { return pki_.sign(it.content, "acme"); }
  std::string raw(const Bundle& it) const {
    pki_.write("message", it.content);
    pki_.openssl("dgst -sha256 -sign raw.key -out raw.sig message");
    return pki_.read("raw.sig");
  }
  std::string statement(const Bundle& it) const {
    const std::string type = "application/vnd.in-toto+json";
    const std::string text =
        R"({"_type":"https://in-toto.io/Statement/v1","subject":[{"name":")" + it.name +
        R"(","digest":{"sha256":")" + sha256_hex(as_bytes(it.content)) +
        R"("}}],"predicateType":"https://slsa.dev/provenance/v1","predicate":{}})";
    pki_.write("pae", "DSSEv1 " + std::to_string(type.size()) + " " + type + " " +
                          std::to_string(text.size()) + " " + text);
    pki_.openssl("pkeyutl -sign -inkey ci.key -rawin -in pae -out pae.sig");
    return R"({"payload":")" + to_base64(as_bytes(text)) + R"(","payloadType":")" + type +
           R"(","signatures":[{"keyid":"","sig":")" +
           to_base64(as_bytes(pki_.read("pae.sig"))) + "\"}]}";
  }
  std::string gzip(const std::string& content) const {
    pki_.write("plain", content);
    REQUIRE(run("gzip -nkf " + path("plain")));
    return pki_.read("plain.gz");
  }
  /// `packed`, a gzip file, with the signature in its header.
  std::string signify_gzip(const std::string& packed) const {
    pki_.write("message", packed);
    REQUIRE(run("signify-openbsd -S -z -n -s " + path("s.sec") + " -m " + path("message") +
                " -x " + path("out.gz")));
    return pki_.read("out.gz");
  }
  const Pki& pki() const { return pki_; }

  std::string stamp(const std::string& bytes) const { return pki_.stamped(bytes); }
  static std::string list(const Bundle& it) {
    return sha256_hex(as_bytes(it.content)) + "  " + it.name + "\n";
  }

  std::vector<SignatureRecord> check(const Bundle& it,
                                     const std::vector<Sidecar>& sidecars) const {
    const Sidecar bundle{it.name, it.content};
    auto found =
        check_signatures(MemoryFile(bundle), sidecars, store_, "", all_formats(), in_days(0));
    return std::move(found).take().signatures;
  }

 private:
  std::string path(const std::string& name) const { return pki_.folder() / name; }
  void add(const std::string& name, const std::string& published,
           std::vector<std::string> roles = {}) const {
    NewPin pin{.vendor = "acme", .key_name = name};
    pin.key = read_published_key(published, all_formats()).take();
    pin.roles = std::move(roles);
    REQUIRE(add_pin(path("trust"), pin, all_formats()));
  }

  Pki pki_{};
  Gpg gpg_{};
  std::string pgp_ = gpg_.key("ed25519");
  MiniKey mini_{'m'};
  TrustStore store_{};
};

}  // namespace assay::test
