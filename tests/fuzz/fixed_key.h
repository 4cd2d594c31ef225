// A key that is the same in every run, so that what it signed stays signed.

#pragma once

#include "base/bytes.h"
#include "base/file.h"
#include "crypto/key.h"
#include "fuzz.h"
#include "trust/test_kit.h"

namespace assay::fuzz {

inline const SigningKey& fixed_key() {
  static const SigningKey key = [] {
    // PKCS#8 of an Ed25519 key (RFC 8410) whose 32 bytes are all 7.
    std::vector<std::byte> der = from_hex("302e020100300506032b657004220420").value();
    der.insert(der.end(), 32, std::byte{7});
    const test::TempFolder folder;
    const std::string pem =
        "-----BEGIN PRIVATE KEY-----\n" + to_base64(der) + "\n-----END PRIVATE KEY-----\n";
    expect(bool(write_file(folder / "key", pem, 0600)), "a folder to write in");
    return SigningKey::load(folder / "key", {}).take();
  }();
  return key;
}

}  // namespace assay::fuzz
