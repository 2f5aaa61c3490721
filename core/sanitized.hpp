#pragma once
// Whether AddressSanitizer or ThreadSanitizer watches this build: gcc defines a macro for each,
// clang answers a question.

#if defined(__has_feature)
#define LOCKSTEP_SANITIZED (__has_feature(address_sanitizer) || __has_feature(thread_sanitizer))
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define LOCKSTEP_SANITIZED 1
#else
#define LOCKSTEP_SANITIZED 0
#endif
