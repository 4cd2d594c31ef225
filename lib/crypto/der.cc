#include "crypto/der.h"

#include <openssl/err.h>

namespace assay {

void forget_errors() {
  ERR_clear_error();
}

}  // namespace assay
