#include "trust/x509.h"

#include <doctest/doctest.h>

#include "trust/pki_kit.h"

namespace assay {
namespace {

using test::Pki;

TEST_CASE("a certificate is a key: which kind tells whether it certifies others") {
  const Pki pki;
  pki.make_vendor();
  const PublishedKey leaf =
      read_published_key(pki.read("acme.pem"), test::all_formats()).take();
  CHECK(leaf.format == "x509-leaf");
  CHECK(leaf.id.starts_with("sha256:"));
  CHECK(leaf.id.size() == 7 + 64);
  CHECK(leaf.value.starts_with("spki:"));
  CHECK(leaf.display_id.size() == 16);
  CHECK(leaf.usages.empty());
  CHECK(leaf.notes.at(0) == "subject CN=Acme Release,O=Acme");
  CHECK(leaf.algorithms ==
        std::vector<std::string>{"ECDSA-SHA256", "ECDSA-SHA384", "ECDSA-SHA512"});
  const PublishedKey anchor =
      read_published_key(pki.read("ca.pem"), test::all_formats()).take();
  CHECK(anchor.format == "x509-anchor");
  CHECK(anchor.usages == std::vector<std::string>{std::string(kCodeSigning)});
  CHECK(anchor.algorithms.size() == 10);
  pki.openssl("x509 -in acme.pem -outform DER -out acme.der");
  const PublishedKey der = read_published_key(pki.read("acme.der"), test::all_formats()).take();
  CHECK(der.id == leaf.id);
  CHECK(der.material == leaf.material);
  // The digest and the subject are those the openssl program shows.
  pki.openssl("x509 -in acme.pem -noout -fingerprint -sha256");
  std::string shown = pki.read("out");
  std::erase(shown, ':');
  CHECK(shown.find("=" + leaf.display_id) != std::string::npos);
  pki.openssl("x509 -in acme.pem -noout -subject -nameopt RFC2253");
  CHECK(pki.read("out") == "subject=CN=Acme Release,O=Acme\n");
}

TEST_CASE("names are told in one spelling that is ASCII") {
  const Pki pki;
  pki.make("one", {.subject = "/O=Acm\xc3\xa9, Inc\\/Ltd/CN=a\\+b"});
  const auto key = read_published_key(pki.read("one.pem"), test::all_formats()).take();
  CHECK(key.notes.at(0) == printable("subject CN=a\\+b,O=Acm\\C3\\83\\C2\\A9\\, Inc/Ltd"));
}

TEST_CASE("one certificate and nothing else") {
  const Pki pki;
  pki.make_vendor();
  const std::string leaf = pki.read("acme.pem"), ca = pki.read("ca.pem");
  const auto what = [&](const std::string& text) {
    const auto key = read_published_key(text, test::all_formats());
    REQUIRE_FALSE(key);
    CHECK(key.error().kind == Error::Kind::config);
    CHECK_FALSE(key.error().hint.empty());
    return key.error().what;
  };
  const std::string none = "this is no single X.509 certificate";
  CHECK(what(leaf + ca) == none);
  CHECK(what(leaf + "x") == none);
  CHECK(what(leaf.substr(0, leaf.size() - 2)) == none);
  CHECK(what(pki.read("acme.key")) ==
        "this is a secret key, and nobody should have handed it out");
  std::string changed = leaf;
  changed[changed.find('\n') + 1] = 'A';
  CHECK(what(changed) == none);
  pki.openssl("x509 -in acme.pem -trustout -out trusted.pem");
  CHECK(what(pki.read("trusted.pem")) == none);
  pki.openssl("x509 -in acme.pem -outform DER -out acme.der");
  CHECK_FALSE(read_published_key(pki.read("acme.der") + '\0', test::all_formats()));
}

TEST_CASE("trust add pins a certificate") {
  const Pki pki;
  pki.make_vendor();
  for (const char* name : {"ca", "acme"}) {
    NewPin pin{.vendor = "acme", .key_name = name, .match = {"app-*"}};
    pin.key =
        read_published_key(pki.read(std::string(name) + ".pem"), test::all_formats()).take();
    REQUIRE(add_pin(pki.folder() / "trust", pin, test::all_formats()));
  }
  const std::string text = pki.read("trust/vendors.d/acme.toml");
  CHECK(text.find("format = \"x509-anchor\"") != std::string::npos);
  CHECK(text.find("usages = [\"1.3.6.1.5.5.7.3.3\"]") != std::string::npos);
  CHECK(pki.read("trust/keys/acme/ca.crt") == pki.read("ca.pem"));
  CHECK(pki.check_one("hello\n", pki.sign("hello\n", "acme")).key == "acme");
  REQUIRE(remove_pin(pki.folder() / "trust", "acme", "acme", test::all_formats()));
  CHECK(pki.check_one("hello\n", pki.sign("hello\n", "acme")).key == "ca");
}

TEST_CASE("pins that believe too much, or nothing that can be") {
  const Pki pki;
  pki.make_vendor();
  const auto error = [&](const std::string& name, const std::string& format,
                         const std::string& more) {
    std::filesystem::remove_all(pki.folder() / "trust");
    pki.pin(name, format, more);
    const auto store = pki.store();
    return store ? std::string() : store.error().what + "|" + store.error().hint;
  };
  const std::string use = "usages = [\"1.3.6.1.5.5.7.3.3\"]\n";
  CHECK(error("ca", "x509-anchor", use).empty());
  CHECK(error("ca", "x509-anchor", "subject = \"CN=a\"\n").empty());
  CHECK(error("acme", "x509-leaf", "").empty());
  CHECK(error("ca", "x509-leaf", "").empty());  // it may be one that signs itself
  const std::string open = error("ca", "x509-anchor", "");
  CHECK(open.find("everybody this authority certifies could sign") != std::string::npos);
  CHECK(open.find("|name the signer: subject = ") != std::string::npos);
  CHECK(error("ca", "x509-anchor", "usages = [\"2.5.29.37.0\"]\n") != "");
  CHECK(error("ca", "x509-anchor", "usages = [\"codeSigning\"]\nsubject = \"CN=a\"\n")
            .find("'codeSigning' in 'usages' is no object identifier") != std::string::npos);
  CHECK(error("acme", "x509-leaf", "subject = \"CN=a\"\n") != "");
  CHECK(error("acme", "x509-leaf", "crl_required = true\n") != "");
  CHECK(error("ca", "x509-anchor", use + "algorithms = [\"ECDSA-SHA1\"]\n") != "");
}

TEST_CASE("two vendors of one authority, by their subjects") {
  const Pki pki;
  pki.make_vendor();
  pki.make("other", {.issuer = "ca", .subject = "/O=Other/CN=Other"});
  pki.pin("ca", "x509-anchor", "subject = \"CN=Acme Release,O=Acme\"\n");
  std::string text = pki.read("trust/vendors.d/acme.toml");
  const auto replace = [&](std::string_view from, std::string_view to) {
    for (auto at = text.find(from); at != text.npos; at = text.find(from, at + to.size())) {
      text.replace(at, from.size(), to);
    }
  };
  replace("CN=Acme Release,O=Acme", "CN=Other,O=Other");
  replace("\"acme", "\"other");
  replace("name = \"ca\"", "name = \"ca-2\"");
  replace("app-*", "tool-*");
  pki.believe("vendors.d/other.toml", text);
  pki.believe("keys/other/ca.crt", pki.read("ca.pem"));
  CHECK(pki.reason_of(pki.sign("hello\n", "acme")).empty());
  CHECK(pki.reason_of(pki.sign("hello\n", "other")) == "wrong-file-name");
}

TEST_CASE("an authority or a list under tsa/ and crl/ must be one") {
  const Pki pki;
  pki.make("acme", {});
  pki.pin("acme", "x509-leaf");
  REQUIRE(pki.store());
  pki.believe("tsa/a.pem", "nothing");
  CHECK(pki.store().error().kind == Error::Kind::config);
  CHECK(pki.store().error().context.at(0) == "reading tsa/a.pem");
  std::filesystem::remove_all(pki.folder() / "trust/tsa");
  pki.believe("crl/acme/a.crl", pki.read("acme.pem"));
  CHECK(pki.store().error().context.at(0) == "reading crl/acme/a.crl");
}

}  // namespace
}  // namespace assay
