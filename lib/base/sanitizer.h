// Which sanitizer this build runs under: GCC says it by a macro, clang by a feature.

#pragma once

#if defined(__has_feature)
#define ASSAY_HAS_FEATURE(name) __has_feature(name)
#else
#define ASSAY_HAS_FEATURE(name) 0
#endif

#if defined(__SANITIZE_ADDRESS__) || ASSAY_HAS_FEATURE(address_sanitizer)
#define ASSAY_ASAN 1
#else
#define ASSAY_ASAN 0
#endif

#if defined(__SANITIZE_THREAD__) || ASSAY_HAS_FEATURE(thread_sanitizer)
#define ASSAY_TSAN 1
#else
#define ASSAY_TSAN 0
#endif
