// Making a verdict key, for `assay key new` and `assay init`.

#pragma once

#include <string>

#include "base/error.h"
#include "cmd/home.h"

namespace assay::cmd {

struct NewKey {
  std::string file{}, public_file{}, id{};
};

/// Makes a key and writes both halves; refuses to replace a key file.
Result<NewKey> make_key(const std::string& path, const std::string& public_file,
                        const std::string& passphrase);

/// "x.pem" has its public half in "x.pub.pem".
std::string public_path(const std::string& key_path);

}  // namespace assay::cmd
