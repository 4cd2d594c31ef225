// What the tests of certificates share: authorities, signers and time-stamps made by the
// openssl program, and a store that pins some of them.

#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/time.h"
#include "trust/check.h"
#include "trust/signed_file.h"
#include "trust/test_kit.h"

namespace assay::test {

inline constexpr std::string_view kCa = "basicConstraints=critical,CA:TRUE\n";
inline constexpr std::string_view kSigner = "extendedKeyUsage=codeSigning\n";
inline constexpr std::string_view kTsa = "extendedKeyUsage=critical,timeStamping\n";

/// Days from now on, in seconds.
inline Time in_days(std::int64_t days) {
  return Time{system_now().seconds + days * 86400};
}

/// A certificate to make.
struct Wish {
  std::string issuer{};  ///< empty: itself
  std::string subject{};
  std::string extensions{kSigner};
  std::int64_t from = -100;  ///< in days
  std::int64_t until = 1000;
  std::string key = "-algorithm EC -pkeyopt ec_paramgen_curve:P-256";
  std::string digest = "sha256";
};

class Pki {
 public:
  Pki() {
    write("ca.cnf",
          "[ca]\ndefault_ca=d\n[d]\ndatabase=index\nnew_certs_dir=.\nrand_serial=yes\n"
          "default_md=sha256\npolicy=p\nunique_subject=no\ndefault_crl_days=30\n"
          "[p]\norganizationName=optional\ncommonName=supplied\n"
          "[req]\ndistinguished_name=dn\n[dn]\n");
    write("index", "");
    write("ts.cnf",
          "[tsa]\ndefault_tsa=t\n[t]\nserial=tsserial\ndefault_policy=1.2.3.4\n"
          "digests=sha1,sha256,sha384,sha512\nsigner_digest=sha256\naccuracy=secs:1\ness_cert_"
          "id_alg=sha256\n");
    write("tsserial", "01\n");
  }

  /// Runs openssl in the folder; the test ends if that fails.
  void openssl(const std::string& arguments) const {
    const std::string command = "cd " + folder_.path() + " && timeout 60 openssl " + arguments +
                                " >out 2>err </dev/null";
    if (std::system(command.c_str()) == 0) return;  // NOLINT
    FAIL("openssl ", arguments, ": ", read("err"));
  }
  void write(std::string_view name, std::string_view bytes) const {
    if (!write_file(folder_ / name, bytes)) std::abort();
  }
  std::string read(std::string_view name) const { return read_file(folder_ / name).take(); }

  /// Makes NAME.key and NAME.pem.
  void make(const std::string& name, const Wish& wish) const {
    openssl("genpkey " + wish.key + " -out " + name + ".key");
    certify(name, wish);
  }
  /// A certificate for a key that is there.
  void certify(const std::string& name, const Wish& wish) const {
    const std::string subject = wish.subject.empty() ? "/CN=" + name : wish.subject;
    write(name + ".ext", wish.extensions);
    openssl("req -new -config ca.cnf -key " + name + ".key -subj '" + subject + "' -out " +
            name + ".csr");
    const std::string by =
        wish.issuer.empty() ? " -selfsign -keyfile " + name + ".key"
                            : " -cert " + wish.issuer + ".pem -keyfile " + wish.issuer + ".key";
    openssl("ca -batch -notext -config ca.cnf -md " + wish.digest + by + " -in " + name +
            ".csr -out " + name + ".pem -extfile " + name + ".ext -startdate " +
            stamp(wish.from) + " -enddate " + stamp(wish.until));
  }

  /// The usual: a vendor's authority `ca` and a signer `acme` by it.
  void make_vendor() const {
    make("ca", {.subject = "/CN=Acme CA", .extensions = std::string(kCa)});
    make("acme", {.issuer = "ca", .subject = "/O=Acme/CN=Acme Release"});
  }
  void make_authority() const {
    make("tsaca", {.subject = "/CN=Time CA", .extensions = std::string(kCa)});
    make("tsa", {.issuer = "tsaca", .subject = "/CN=Time", .extensions = std::string(kTsa)});
  }

  /// `openssl cms -sign` over the content, in DER unless the options say otherwise.
  std::string sign(std::string_view content, const std::string& signer,
                   const std::string& options = "-binary") const {
    write("content", content);
    openssl("cms -sign -outform DER -in content -out sig -signer " + signer + ".pem -inkey " +
            signer + ".key " + options);
    return read("sig");
  }

  /// A response of `tsa` over the content.
  std::string stamped(std::string_view content, const std::string& options = "-cert -sha256",
                      const std::string& tsa = "tsa") const {
    write("stamped", content);
    openssl("ts -query -data stamped -out tsq " + options);
    openssl("ts -reply -config ts.cnf -queryfile tsq -out tsr -signer " + tsa + ".pem -inkey " +
            tsa + ".key");
    return read("tsr");
  }
  /// The token of the last response.
  std::string token() const {
    openssl("ts -reply -config ts.cnf -in tsr -out tst -token_out");
    return read("tst");
  }

  /// Pins NAME.pem for the vendor acme, who may sign app-*.
  void pin(const std::string& name, const std::string& format,
           const std::string& more = {}) const {
    const KeyFormat* row = find_key_format(all_formats(), format);
    REQUIRE(row != nullptr);
    const PublishedKey key = row->read(read(name + ".pem")).take();
    const std::string vendors = folder_ / "trust/vendors.d", keys = folder_ / "trust/keys/acme";
    if (!make_folder(vendors) || !make_folder(keys)) std::abort();
    std::string text = "schema = \"assay-vendor/1\"\nvendor = \"acme\"\nmatch = [\"app-*\"]\n";
    if (const auto before = read_file(vendors + "/acme.toml")) text = *before;
    text += "[[key]]\nname = \"" + name + "\"\nformat = \"" + format + "\"\nid = \"" + key.id +
            "\"\nfile = \"acme/" + name + ".crt\"\n" + more;
    if (!write_file(vendors + "/acme.toml", text) ||
        !write_file(keys + "/" + name + ".crt", key.file_text)) {
      std::abort();
    }
  }
  /// An authority's certificate under tsa/, or a list under crl/acme/.
  void believe(const std::string& place, std::string_view bytes) const {
    const std::string path = folder_ / ("trust/" + place);
    if (!make_folder(path.substr(0, path.rfind('/'))) || !write_file(path, bytes)) std::abort();
  }

  Result<TrustStore> store() const {
    return TrustStore::load(folder_ / "trust", all_formats());
  }

  /// What the sidecars say of a bundle `app-1.bin`.
  std::vector<SignatureRecord> check(std::string_view content,
                                     const std::vector<Sidecar>& sidecars,
                                     Time now = system_now()) const {
    const Sidecar bundle{"app-1.bin", std::string(content)};
    const TrustStore trust = store().take();
    auto found = check_signatures(MemoryFile(bundle), sidecars, trust, "", all_formats(), now);
    return std::move(found).take().signatures;
  }
  SignatureRecord check_one(std::string_view content, std::string_view signature,
                            Time now = system_now()) const {
    const auto records = check(content, {{"app-1.bin.p7s", std::string(signature)}}, now);
    REQUIRE(records.size() == 1);
    CHECK(records[0].verified == records[0].reason.empty());
    return records[0];
  }
  std::string reason_of(std::string_view signature, Time now = system_now()) const {
    return check_one("hello\n", signature, now).reason;
  }

  const TempFolder& folder() const { return folder_; }

 private:
  /// As `openssl ca` reads times: 20260131120000Z.
  static std::string stamp(std::int64_t days) {
    std::string text = to_rfc3339(in_days(days));
    std::erase_if(text, [](char c) { return c == '-' || c == ':' || c == 'T'; });
    return text;
  }

  TempFolder folder_{};
};

}  // namespace assay::test
