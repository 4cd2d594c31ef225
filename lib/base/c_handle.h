// CHandle owns an object of a C library: a unique_ptr as large as a pointer.

#pragma once

#include <memory>

namespace assay {

template <auto release>
struct CRelease {
  template <class T>
  void operator()(T* object) const noexcept {
    release(object);
  }
};

/// CHandle<EVP_PKEY, EVP_PKEY_free> frees with EVP_PKEY_free.
template <class T, auto release>
using CHandle = std::unique_ptr<T, CRelease<release>>;

}  // namespace assay
